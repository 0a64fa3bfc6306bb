package io.jobs4j.core.spi;

import java.util.List;

/**
 * What is in a directory. Immutable.
 *
 * @param entries files and directories, by name
 * @param omissions what is there too and is not listed, in any order
 */
public record Listing(List<FileEntry> entries, List<Omission> omissions) {
  public Listing {
    entries = List.copyOf(entries);
    omissions = List.copyOf(omissions);
  }
}
