package io.jobs4j.core.spi;

import java.util.List;
import java.util.Set;

/**
 * What is in a directory. Immutable.
 *
 * @param entries files and directories, by name
 * @param omissions what is there too and is not listed, in any order
 * @param links those of the entries that are symbolic links
 */
public record Listing(List<FileEntry> entries, List<Omission> omissions, Set<StoragePath> links) {
  public Listing {
    entries = List.copyOf(entries);
    omissions = List.copyOf(omissions);
    links = Set.copyOf(links);
  }

  /** What is in a directory without links. */
  public Listing(List<FileEntry> entries, List<Omission> omissions) {
    this(entries, omissions, Set.of());
  }
}
