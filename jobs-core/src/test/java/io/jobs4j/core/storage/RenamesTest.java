package io.jobs4j.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.MissingFeatures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is left where a place is claimed before something is renamed over it, and the thread is
 * interrupted at a moment that no server can be made to choose.
 */
class RenamesTest {
  private static final String FROM = "temporary";
  private static final String TO = "file";

  /** The length of what is no file but an empty directory. */
  private static final long DIRECTORY = -1;

  private final Server server = new Server();
  private final Renames<String> renames =
      new Renames<>(server.operations(), new MissingFeatures("storage"));

  @Test
  void whatIsRenamedReplacesItsClaim() throws Exception {
    server.files.put(FROM, 5L);
    rename();
    assertThat(server.files).containsExactly(Map.entry(TO, 5L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"create before", "create after", "close", "replace before"})
  void anInterruptLeavesNoClaim(String moment) {
    server.files.put(FROM, 5L);
    server.interrupted = moment;
    assertThatThrownBy(this::rename).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.files).containsExactly(Map.entry(FROM, 5L));
  }

  @Test
  void whatMayHaveBeenRenamedStays() {
    server.files.put(FROM, 5L);
    server.interrupted = "replace after";
    assertThatThrownBy(this::rename).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.files).containsExactly(Map.entry(TO, 5L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "create before"})
  void whatSomebodyElseHasPutThereStays(String moment) {
    server.files.put(FROM, 5L);
    server.files.put(TO, 7L);
    server.interrupted = moment;
    assertThatThrownBy(this::rename).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isEqualTo(!moment.equals("none"));
    assertThat(server.files).containsOnly(Map.entry(FROM, 5L), Map.entry(TO, 7L));
  }

  @Test
  void theClaimOfSomebodyElseStays() {
    server.files.put(FROM, 5L);
    server.files.put(TO, 0L);
    assertThatThrownBy(this::rename).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(server.files).containsOnly(Map.entry(FROM, 5L), Map.entry(TO, 0L));
  }

  @Test
  void anEmptyFileThatWasThereStaysAfterAnInterrupt() {
    server.files.put(FROM, 5L);
    server.files.put(TO, 0L);
    server.interrupted = "create before";
    assertThatThrownBy(this::rename).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.files).containsOnly(Map.entry(FROM, 5L), Map.entry(TO, 0L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"makeDirectory before", "makeDirectory after", "replace before"})
  void anInterruptLeavesNoClaimOfADirectory(String moment) {
    server.files.put(FROM, DIRECTORY);
    server.interrupted = moment;
    assertThatThrownBy(this::rename).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.files).containsExactly(Map.entry(FROM, DIRECTORY));
  }

  @ParameterizedTest
  @ValueSource(longs = {DIRECTORY, 0})
  void whatWasThereStaysWhenADirectoryIsRenamed(long there) {
    server.files.put(FROM, DIRECTORY);
    server.files.put(TO, there);
    server.interrupted = "makeDirectory before";
    assertThatThrownBy(this::rename).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(server.files).containsOnly(Map.entry(FROM, DIRECTORY), Map.entry(TO, there));
  }

  @Test
  void anAnswerThatRefusesLeavesNoClaim() {
    server.files.put(FROM, 5L);
    server.refused = "close";
    assertThatThrownBy(this::rename).isInstanceOf(FileSystemException.class);
    assertThat(server.files).containsExactly(Map.entry(FROM, 5L));
  }

  private void rename() throws IOException {
    renames.toWhereNothingIs(
        (from, to) -> {
          throw new UnsupportedRequestException(to, "only what replaces", null);
        },
        FROM,
        TO);
  }

  /** A server that interrupts whoever asks, before or after it has done what it was asked. */
  private static final class Server {
    /** Names and lengths. */
    private final Map<String, Long> files = new HashMap<>();

    private String interrupted = "none";
    private String refused = "none";

    @SuppressWarnings("unchecked")
    FileOperations<String> operations() {
      return proxy(FileOperations.class);
    }

    private @Nullable FileStatus status(String name) {
      Long length = files.get(name);
      return length == null ? null : new Status(length);
    }

    private FileOperations.Answers statuses(List<?> names) {
      return index -> status((String) names.get(index));
    }

    private NewFile create(String name) throws IOException {
      make("create", name, 0);
      return proxy(NewFile.class);
    }

    private void make(String request, String name, long length) throws IOException {
      answer(
          request,
          () -> {
            if (files.putIfAbsent(name, length) != null) {
              throw new FileAlreadyExistsException(name);
            }
          });
    }

    private void close() throws IOException {
      if (interrupted.equals("close")) {
        interrupt();
      }
      answer("close", () -> {});
    }

    private void replace(String from, String to) throws IOException {
      answer("replace", () -> files.put(to, files.remove(from)));
    }

    private void delete(String name) throws IOException {
      if (files.remove(name) == null) {
        throw new NoSuchFileException(name);
      }
    }

    private void answer(String request, Interrupts.Requests deed) throws IOException {
      if (refused.equals(request)) {
        throw new FileSystemException(request);
      }
      if (interrupted.equals(request + " before")) {
        interrupt();
      }
      deed.run();
      if (interrupted.equals(request + " after")) {
        interrupt();
      }
    }

    private void interrupt() throws InterruptedIOException {
      interrupted = "none";
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }

    private <T> T proxy(Class<T> type) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                String first = arguments != null && arguments[0] instanceof String text ? text : "";
                switch (method.getName()) {
                  case "status" -> {
                    return arguments[0] instanceof List<?> names ? statuses(names) : status(first);
                  }
                  case "create" -> {
                    return create(first);
                  }
                  case "close" -> close();
                  case "replace" -> replace(first, (String) arguments[1]);
                  case "makeDirectory" -> make("makeDirectory", first, DIRECTORY);
                  case "delete", "deleteDirectory" -> delete(first);
                  default -> throw new UnsupportedOperationException(method.getName());
                }
                return null;
              }));
    }
  }

  private record Status(long length) implements FileStatus {
    @Override
    public Kind kind() {
      return length == DIRECTORY ? Kind.DIRECTORY : Kind.FILE;
    }

    @Override
    public Instant modified() {
      return Instant.EPOCH;
    }

    @Override
    public OptionalInt permissions() {
      return OptionalInt.empty();
    }
  }
}
