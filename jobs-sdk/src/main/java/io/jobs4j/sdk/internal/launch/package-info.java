/** What a job's work directory holds: its layout and the launch script. */
@NullMarked
package io.jobs4j.sdk.internal.launch;

import org.jspecify.annotations.NullMarked;
