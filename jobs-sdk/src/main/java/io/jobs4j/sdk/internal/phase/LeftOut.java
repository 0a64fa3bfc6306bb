package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a transfer has left out, for people.
 *
 * @param root what the names are relative to
 * @param unlisted what the source does not list
 * @param vanished what was gone when its turn came
 */
record LeftOut(StoragePath root, List<Omission> unlisted, List<StoragePath> vanished) {
  /** How many names are said. */
  private static final int NAMES = 5;

  /** How much of a name is. */
  private static final int NAME_LIMIT = 100;

  static LeftOut of(TransferPlan.Omissions omissions, StoragePath root) {
    return new LeftOut(root, omissions.unlisted(), omissions.vanished());
  }

  /** Without the temporary files that {@code ours} knows by their names. */
  LeftOut without(Predicate<String> ours) {
    return new LeftOut(
        root,
        unlisted.stream()
            .filter(
                omission ->
                    omission.reason() != Omission.Reason.TEMPORARY
                        || !ours.test(omission.path().name()))
            .toList(),
        vanished);
  }

  /** Sentences, each with a space before it; empty if nothing is left out. */
  String sentences() {
    String text = "";
    if (!unlisted.isEmpty()) {
      text +=
          " Left out, because jobs4j does not transfer such: %s."
              .formatted(
                  listed(
                      unlisted.stream()
                          .map(
                              omission ->
                                  "%s (%s)"
                                      .formatted(name(omission.path()), omission.reason().text()))
                          .toList()));
    }
    if (!vanished.isEmpty()) {
      text +=
          " Left out, because they were gone before they could be copied: %s."
              .formatted(names(vanished));
    }
    return text;
  }

  /** Some names, and how many more there are. */
  String names(Collection<StoragePath> paths) {
    return listed(paths.stream().map(this::name).toList());
  }

  private static String listed(List<String> all) {
    String some = all.stream().limit(NAMES).collect(Collectors.joining(", "));
    return all.size() > NAMES ? "%s and %s more".formatted(some, all.size() - NAMES) : some;
  }

  private String name(StoragePath path) {
    String name = path.relativeTo(root).replaceAll("\\p{Cntrl}", "\uFFFD");
    return name.length() <= NAME_LIMIT
        ? "\"" + name + "\""
        : "\"" + name.substring(0, NAME_LIMIT) + "...\"";
  }
}
