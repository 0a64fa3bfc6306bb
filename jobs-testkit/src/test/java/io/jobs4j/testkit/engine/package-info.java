/**
 * Tests of the engine as users see it: real jobs of a whole engine, with a scripted scheduler and a
 * clock that tests move. They are here because they need what this module offers, which depends on
 * the engine. What this module offers itself is tested in the package above.
 */
@NullMarked
package io.jobs4j.testkit.engine;

import org.jspecify.annotations.NullMarked;
