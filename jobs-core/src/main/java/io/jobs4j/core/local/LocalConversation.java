package io.jobs4j.core.local;

import io.jobs4j.core.spi.Conversation;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A conversation with a child process. One thread hears it; another writes while it has news. */
final class LocalConversation implements Conversation {
  private static final int LONGEST_LINE = 4096;

  /** What a pipe takes beside what may be unread. */
  private static final int PIPE_ROOM = 4096;

  private final Process process;
  private final OutputStream input;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final CompletionStage<Void> told = end.minimalCompletionStage();

  /** Completes when all that was said is written; each new word follows it. */
  private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

  private final Executor writers;

  /**
   * A conversation that has begun.
   *
   * @param writers whose tasks may block
   */
  LocalConversation(Process process, Executor writers) {
    this.process = process;
    this.input = process.getOutputStream();
    this.writers = writers;
  }

  /** Hears lines until there are no more. */
  void hear(InputStream output, Consumer<String> onLine) {
    try (InputStream lines = new BufferedInputStream(output)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = lines.read(); b >= 0; b = lines.read()) {
        if (b == '\n') {
          onLine.accept(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < LONGEST_LINE) {
          line.write(b);
        }
      }
    } catch (IOException e) {
      // As good as its end.
    } finally {
      end.complete(null);
    }
  }

  @Override
  public void say(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    then(
        bytes.length <= PIPE_ROOM,
        () -> {
          input.write(bytes);
          input.flush();
        });
  }

  @Override
  public CompletionStage<Void> onEnd() {
    return told;
  }

  @Override
  public void close() {
    then(true, input::close);
  }

  /**
   * In order, and by another thread what a command that does not read would hold up. A command that
   * nobody can write to any more is ended.
   */
  private synchronized void then(boolean brief, Writing writing) {
    if (brief && written.isDone()) {
      write(writing);
    } else {
      written =
          written
              .thenRunAsync(() -> write(writing), writers)
              .exceptionally(
                  refused -> {
                    process.destroyForcibly();
                    return null;
                  });
    }
  }

  private static void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      // The command has ended, which is heard.
    }
  }

  private interface Writing {
    void run() throws IOException;
  }
}
