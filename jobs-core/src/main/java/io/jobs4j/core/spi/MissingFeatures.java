package io.jobs4j.core.spi;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The optional features that a storage turned out not to have. An implementation of {@link
 * FileStorage} tries a feature where it is useful, goes on without it if it is refused, and notes
 * that here, which logs it once. Safe for use by several threads.
 */
public final class MissingFeatures {
  /** What a storage does where it can. */
  public enum Feature {
    MODIFIED_TIME(
        "set the times of files",
        "Files that are there already are not recognised and are transferred again."),
    PRIVATE(
        "keep others from files and directories",
        "What jobs have in their work directories is as readable as the server makes it."),
    EXECUTABLE("make files executable", "Jobs that start such a file themselves fail."),
    ATOMIC_REPLACE(
        "replace a file in one step", "While a file is replaced there is none for a moment."),
    SYNC("force files to the disk", "A power failure may lose what was just written."),
    SYNC_DIRECTORY(
        "force directories to the disk", "A power failure may lose the names of new files.");

    private final String action;
    private final String consequence;

    Feature(String action, String consequence) {
      this.action = action;
      this.consequence = consequence;
    }
  }

  private static final Logger log = LoggerFactory.getLogger(MissingFeatures.class);

  private final String storage;
  private final Set<Feature> missing = ConcurrentHashMap.newKeySet();

  /**
   * None yet.
   *
   * @param storage what the log calls it
   */
  public MissingFeatures(String storage) {
    this.storage = storage;
  }

  /**
   * Notes that a feature is missing; nothing happens if that is known.
   *
   * @param why what the storage said
   */
  public void add(Feature feature, @Nullable String why) {
    if (missing.add(feature)) {
      log.warn("{} cannot {} ({}). {}", storage, feature.action, why, feature.consequence);
    }
  }

  /** These capabilities but for those that what is missing would be needed for. */
  public Set<FileStorage.Capability> without(Set<FileStorage.Capability> capabilities) {
    Set<FileStorage.Capability> left = EnumSet.noneOf(FileStorage.Capability.class);
    left.addAll(capabilities);
    if (has(Feature.MODIFIED_TIME)) {
      left.remove(FileStorage.Capability.KEEP_MODIFIED_TIME);
    }
    if (has(Feature.ATOMIC_REPLACE)) {
      left.remove(FileStorage.Capability.ATOMIC_WRITE);
    }
    return left;
  }

  /** Whether it is known to be missing. */
  public boolean has(Feature feature) {
    return missing.contains(feature);
  }
}
