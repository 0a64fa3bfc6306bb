/**
 * Commands over SSH and files over SFTP. Both use the same few connections to a host, which are
 * opened when they are needed, shared by all jobs, and closed when nobody has used them for a
 * while.
 */
@NullMarked
package io.jobs4j.adapters.ssh;

import org.jspecify.annotations.NullMarked;
