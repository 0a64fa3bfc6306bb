/**
 * Helps to test code that uses jobs4j: an engine for JUnit 5 with a scripted scheduler and a
 * settable clock, and what every adapter has to keep to.
 */
@NullMarked
package io.jobs4j.testkit;

import org.jspecify.annotations.NullMarked;
