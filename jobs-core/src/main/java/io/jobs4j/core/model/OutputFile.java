package io.jobs4j.core.model;

import java.time.Instant;

/**
 * A file or directory of a job's output.
 *
 * @param name last segment of the path
 * @param path relative to the job's output directory, without a leading slash
 * @param directory whether it is a directory
 * @param length bytes; 0 for a directory
 * @param lastModified when the content changed last
 */
public record OutputFile(
    String name, String path, boolean directory, long length, Instant lastModified) {}
