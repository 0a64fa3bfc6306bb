package io.jobs4j.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program in processes of its own and lets them crash: at moments that a seed chooses, again
 * and again, or at a {@link CrashPoint}. What must hold afterwards the test checks itself.
 *
 * <pre>{@code
 * try (CrashHarness harness =
 *     CrashHarness.of(Submitter.class).arguments(directory.toString()).progress(acknowledged).seed(7).build()) {
 *   harness.killAtRandom(20);
 * }
 * }</pre>
 *
 * <p>A seed fixes how far each process comes before it is killed and how long it then has; what the
 * process does in that time is up to the machine. Closing the harness kills what still runs. Safe
 * for use by several threads.
 */
public final class CrashHarness implements AutoCloseable {
  private static final long LONGEST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<String> command;
  private final String main;
  private final List<String> arguments;
  private final @Nullable LongSupplier progress;
  private final int mostProgress;
  private final Duration patience;
  private final long seed;
  private final Random random;
  private final List<ChildJvm> children = new CopyOnWriteArrayList<>();

  private CrashHarness(Builder builder) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-cp");
    words.add(System.getProperty("java.class.path"));
    words.addAll(builder.jvmOptions);
    this.command = List.copyOf(words);
    this.main = builder.main;
    this.arguments = builder.arguments;
    this.progress = builder.progress;
    this.mostProgress = builder.mostProgress;
    this.patience = builder.patience;
    this.seed = builder.seed;
    this.random = new Random(builder.seed);
  }

  /** A harness for a class with a {@code main} method. */
  public static Builder of(Class<?> main) {
    return new Builder(main.getName());
  }

  /**
   * Starts a process again and again, lets it come some way, and kills it.
   *
   * @param kills how often
   * @return how far all of them have come together
   * @throws IllegalStateException if the harness was not told what progress is
   * @throws AssertionError if a process ends by itself, or makes no progress in time; with the
   *     seed, the round, and what the process wrote
   */
  public long killAtRandom(int kills) throws InterruptedException {
    LongSupplier measure = progress;
    if (measure == null) {
      throw new IllegalStateException("what counts as progress has not been said");
    }
    long first = measure.getAsLong();
    for (int round = 1; round <= kills; round++) {
      long goal = measure.getAsLong() + 1 + random.nextInt(mostProgress);
      long delay = random.nextLong(LONGEST_DELAY_NANOS);
      String where = "(seed %s, round %s)".formatted(seed, round);
      try (ChildJvm child = start()) {
        child.awaitUntil(
            "progress came to %s %s".formatted(goal, where), () -> measure.getAsLong() >= goal);
        if (child.endsWithin(delay)) {
          throw child.failure("ended by itself " + where);
        }
      }
    }
    return measure.getAsLong() - first;
  }

  /**
   * Starts a process that dies where it reaches a {@link CrashPoint}, and waits until it has.
   *
   * @param count the how many-th time that it reaches it, the first being 1
   * @throws AssertionError if it ends otherwise or not in time, with what it wrote
   */
  public void dieAt(String point, long count) throws InterruptedException {
    if (count < 1) {
      throw new IllegalArgumentException("count is from 1, not " + count);
    }
    String fatal = point + ":" + count;
    try (ChildJvm child = launch(List.of("-D" + CrashPoint.PROPERTY + "=" + fatal))) {
      int code = child.awaitExit();
      if (code != CrashPoint.EXIT_CODE) {
        throw child.failure(
            "ended with exit code %s and not at the crash point %s".formatted(code, fatal));
      }
    }
  }

  /** Starts a process that goes on until the test or {@link #close} ends it. */
  public ChildJvm start() {
    return launch(List.of());
  }

  /** Kills all processes that were started here. */
  @Override
  public void close() {
    children.forEach(ChildJvm::close);
  }

  private ChildJvm launch(List<String> moreOptions) {
    List<String> words = new ArrayList<>(command);
    words.addAll(moreOptions);
    words.add(main);
    words.addAll(arguments);
    String logs = System.getProperty(ChildJvm.LOGS);
    ChildJvm child = ChildJvm.start(words, main, logs == null ? null : Path.of(logs), patience);
    children.add(child);
    return child;
  }

  /** What a harness runs, and how. Not for use by several threads. */
  public static final class Builder {
    private final String main;
    private List<String> arguments = List.of();
    private List<String> jvmOptions = List.of();
    private @Nullable LongSupplier progress;
    private int mostProgress = 25;
    private Duration patience = Duration.ofMinutes(3);
    private long seed;

    private Builder(String main) {
      this.main = main;
    }

    /** What {@code main} is given; nothing by default. */
    public Builder arguments(String... words) {
      arguments = List.of(words);
      return this;
    }

    /** Options of the JVM, such as {@code -Xmx64m}; none by default. */
    public Builder jvmOptions(String... options) {
      jvmOptions = List.of(options);
      return this;
    }

    /** A number that rises as a process gets on, and keeps its value from one to the next. */
    public Builder progress(LongSupplier measure) {
      progress = measure;
      return this;
    }

    /** Progress is the number of lines in a file, of those that have an end. */
    public Builder progressInLines(Path file) {
      return progress(() -> completeLines(file));
    }

    /**
     * By how much a process gets on at most before it is killed; 25 by default. How much it is each
     * time, at least 1, the seed chooses.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder mostProgress(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("mostProgress is 1 or more, not " + most);
      }
      mostProgress = most;
      return this;
    }

    /** How long a process may take to get on or to end; 3 minutes by default. */
    public Builder patience(Duration longest) {
      patience = longest;
      return this;
    }

    /** Chooses the moments; 0 by default. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The harness; nothing is started yet. */
    public CrashHarness build() {
      return new CrashHarness(this);
    }

    private static long completeLines(Path file) {
      if (!Files.exists(file)) {
        return 0;
      }
      try (InputStream bytes = Files.newInputStream(file)) {
        long lines = 0;
        byte[] buffer = new byte[8192];
        for (int length = bytes.read(buffer); length >= 0; length = bytes.read(buffer)) {
          for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
              lines++;
            }
          }
        }
        return lines;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
