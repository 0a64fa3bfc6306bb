/** The scheduler FORK: each job is a process session of the host. */
@NullMarked
package io.jobs4j.adapters.fork;

import org.jspecify.annotations.NullMarked;
