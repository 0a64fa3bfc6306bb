package io.jobs4j.core.spi;

import java.time.Instant;

/**
 * What a storage knows of a file or directory. A symbolic link shows as what it leads to.
 *
 * @param path where it is
 * @param directory whether it is a directory
 * @param length bytes; 0 for a directory
 * @param modified when the content changed last
 * @param executable whether its owner may execute it; {@code false} where a storage cannot tell
 */
public record FileEntry(
    StoragePath path, boolean directory, long length, Instant modified, boolean executable) {}
