/**
 * What every part of jobs4j shares: the root of its exceptions. Start reading at {@code model} and
 * {@code lifecycle}.
 */
@NullMarked
package io.jobs4j.core;

import org.jspecify.annotations.NullMarked;
