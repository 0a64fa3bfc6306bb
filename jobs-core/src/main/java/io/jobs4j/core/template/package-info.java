/** URLs with variables that are filled in when an event is delivered. Safe for any thread. */
@NullMarked
package io.jobs4j.core.template;

import org.jspecify.annotations.NullMarked;
