/** Real servers for the tests of the other modules. */
@NullMarked
package io.jobs4j.testsupport;

import org.jspecify.annotations.NullMarked;
