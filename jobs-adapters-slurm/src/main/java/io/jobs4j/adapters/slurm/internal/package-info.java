/**
 * What any batch system needs that is reached by scripts on a host, whatever its commands: answers
 * in frames, the claim of an attempt and the records of its runs, the search for a job after an
 * answer was lost, times of grace, and questions about many jobs in few commands. Nothing here
 * knows Slurm.
 */
@NullMarked
package io.jobs4j.adapters.slurm.internal;

import org.jspecify.annotations.NullMarked;
