package io.jobs4j.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The threads and the open pipes and sockets that this process has at a moment. Files do not count:
 * the class loader opens them when it likes. Without {@code /proc} only threads count.
 */
final class HeldResources {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Those of the JDK and of JUnit, which come and go by themselves. */
  private static final List<String> FOREIGN =
      List.of("process reaper", "ForkJoinPool.commonPool", "junit-", "Common-Cleaner");

  private final Set<Thread> threads;
  private final int descriptors;

  private HeldResources() {
    this.threads = liveThreads();
    this.descriptors = pipesAndSockets().size();
  }

  static HeldResources now() {
    return new HeldResources();
  }

  /**
   * Waits until there are no more than there were.
   *
   * @throws AssertionError naming what is left
   */
  void awaitNoMore(Duration patience) throws InterruptedException {
    var unused =
        Eventually.becomes(
            patience,
            "no more than " + threads.size() + " threads live",
            this::moreThreads,
            Set::isEmpty);
    var ignored =
        Eventually.becomes(
            patience,
            "no more than " + descriptors + " pipes and sockets are open",
            HeldResources::pipesAndSockets,
            open -> open.size() <= descriptors);
  }

  /** Those that came since, if there are more now; others may have gone. */
  private Set<String> moreThreads() {
    Set<Thread> live = liveThreads();
    if (live.size() <= threads.size()) {
      return Set.of();
    }
    return live.stream()
        .filter(thread -> !threads.contains(thread))
        .map(Thread::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Thread> liveThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> FOREIGN.stream().noneMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
  }

  private static Set<String> pipesAndSockets() {
    Set<String> open = new TreeSet<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return open;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : all) {
        String target = target(descriptor);
        if (target.startsWith("pipe:") || target.startsWith("socket:")) {
          open.add(descriptor.getFileName() + " " + target);
        }
      }
    } catch (IOException e) {
      throw new AssertionError("the open files of this process cannot be listed", e);
    }
    return open;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // Closed since it was listed.
      return "";
    }
  }
}
