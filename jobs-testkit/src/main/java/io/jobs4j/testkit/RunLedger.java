package io.jobs4j.testkit;

import io.jobs4j.core.shell.ShellWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A file to which every job that really runs adds a line with its id, so that a test can tell which
 * ran, and how often, from the outside. Immutable; the file is read anew each time.
 */
public final class RunLedger {
  private final Path file;

  private RunLedger(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** A ledger in a file, which is made when the first job runs. */
  public static RunLedger in(Path file) {
    return new RunLedger(file);
  }

  /**
   * Shell text for an app's template that adds the job's line. Needs {@code flock}, under whose
   * lock the line is written, so that lines of jobs that run at once do not mix.
   */
  public String shellCommand() {
    return "( flock 9 && printf '%s\\n' \"${AGAVE_JOB_ID}\" >&9 ) 9>> "
        + ShellWords.quote(file.toString());
  }

  /** The lines so far, of those that have an end; none if the file is not there. */
  public List<String> lines() {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Requires that each job that was acknowledged has run once, and no other job twice. Others may
   * have run: a crash can cut off the acknowledgement of a job that exists.
   *
   * @throws AssertionError listing the jobs that ran more than once and those that never ran
   */
  public void requireEachOnce(Collection<String> acknowledged) {
    Set<String> seen = new HashSet<>();
    Set<String> again = new LinkedHashSet<>();
    for (String line : lines()) {
      if (!seen.add(line)) {
        again.add(line);
      }
    }
    Set<String> missing = new LinkedHashSet<>(acknowledged);
    missing.removeAll(seen);
    if (!again.isEmpty() || !missing.isEmpty()) {
      throw new AssertionError(
          "of %s jobs acknowledged and %s run, %s ran more than once: %s; and %s never ran: %s"
              .formatted(
                  new HashSet<>(acknowledged).size(),
                  seen.size(),
                  again.size(),
                  again,
                  missing.size(),
                  missing));
    }
  }
}
