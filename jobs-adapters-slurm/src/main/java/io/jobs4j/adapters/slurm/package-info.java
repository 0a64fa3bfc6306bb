/** The scheduler SLURM: jobs of a Slurm cluster, through its commands. */
@NullMarked
package io.jobs4j.adapters.slurm;

import org.jspecify.annotations.NullMarked;
