package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdaptersTest {
  @TempDir private Path classPath;

  @Test
  void aClassThatProvidesSeveralServicesIsMadeOnce() throws Exception {
    Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
    for (Class<?> service :
        List.of(
            FileStorageProvider.class,
            CommandRunnerProvider.class,
            RemoteSchedulerProvider.class)) {
      Files.writeString(services.resolve(service.getName()), Everything.class.getName());
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classPath.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      try (Adapters adapters = new Adapters(List.of(), List.of(), List.of(), (system, job) -> {})) {
        String storage = opener(() -> adapters.storage(storageSystem()));
        String scheduler = opener(() -> adapters.scheduler(executionSystem()));

        assertThat(storage).startsWith("storage of ");
        assertThat(scheduler).isEqualTo(storage.replace("storage", "runner"));
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String opener(ThrowingCallable call) {
    return catchThrowableOfType(OpenedException.class, call).getMessage();
  }

  private static StorageSystem storageSystem() {
    return new StorageSystem("s", null, true, false, storageAccess());
  }

  private static StorageAccess storageAccess() {
    return new StorageAccess("TEST", null, 0, "/", "/");
  }

  private static ExecutionSystem executionSystem() {
    return new ExecutionSystem(
        "e",
        null,
        true,
        "TEST",
        new LoginAccess("TEST", null, 0),
        storageAccess(),
        null,
        null,
        null,
        List.of(),
        false,
        -1,
        -1,
        List.of());
  }

  /** Says which provider was asked. */
  private static final class OpenedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OpenedException(String what, Object by) {
      super(what + " of " + System.identityHashCode(by));
    }
  }

  /** Provides all services. */
  public static final class Everything
      implements FileStorageProvider, CommandRunnerProvider, RemoteSchedulerProvider {
    @Override
    public Set<String> protocols() {
      return Set.of("TEST");
    }

    @Override
    public String scheduler() {
      return "TEST";
    }

    @Override
    public FileStorage open(StorageAccess access) {
      throw new OpenedException("storage", this);
    }

    @Override
    public CommandRunner open(LoginAccess access) {
      throw new OpenedException("runner", this);
    }

    @Override
    public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
      throw new OpenedException("scheduler", this);
    }
  }
}
