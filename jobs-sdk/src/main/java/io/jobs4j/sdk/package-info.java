/** What users of jobs4j hold in their hands: the client and the engine. */
@NullMarked
package io.jobs4j.sdk;

import org.jspecify.annotations.NullMarked;
