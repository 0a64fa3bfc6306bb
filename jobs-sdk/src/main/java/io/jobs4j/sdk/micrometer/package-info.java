/** What an engine measures, in the registries of Micrometer, which the user brings. */
@NullMarked
package io.jobs4j.sdk.micrometer;

import org.jspecify.annotations.NullMarked;
