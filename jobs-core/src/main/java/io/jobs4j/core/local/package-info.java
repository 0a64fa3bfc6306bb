/** What runs and keeps files on this machine with nothing but the JDK. */
@NullMarked
package io.jobs4j.core.local;

import org.jspecify.annotations.NullMarked;
