package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.PhaseContext;
import io.jobs4j.sdk.internal.transfer.SystemStorage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what systems describe, once each, and closes it all in the end. Systems that describe the
 * same access share what is opened.
 */
public final class Adapters implements PhaseContext.Systems, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Adapters.class);

  private final Map<String, FileStorageProvider> storageProviders = new HashMap<>();
  private final Map<String, CommandRunnerProvider> runnerProviders = new HashMap<>();
  private final Map<String, RemoteSchedulerProvider> schedulerProviders = new HashMap<>();
  private final BiConsumer<ExecutionSystem, RemoteJob> onChange;

  private final Map<StorageAccess, FileStorage> storages = new LinkedHashMap<>();
  private final Map<LoginAccess, CommandRunner> runners = new LinkedHashMap<>();
  private final Map<ExecutionSystem, RemoteScheduler> schedulers = new LinkedHashMap<>();
  private boolean closed;

  /**
   * Adapters of the given providers and those on the class path; the given ones come first.
   *
   * @param onChange is told what schedulers learn by themselves
   */
  public Adapters(
      List<FileStorageProvider> storages,
      List<CommandRunnerProvider> runners,
      List<RemoteSchedulerProvider> schedulers,
      BiConsumer<ExecutionSystem, RemoteJob> onChange) {
    this.onChange = onChange;
    storages.forEach(this::add);
    runners.forEach(this::add);
    schedulers.forEach(this::add);
    Map<Class<?>, Object> made = new HashMap<>();
    load(FileStorageProvider.class, made).forEach(this::add);
    load(CommandRunnerProvider.class, made).forEach(this::add);
    load(RemoteSchedulerProvider.class, made).forEach(this::add);
  }

  /** A class that provides several services is made once, so that they can share connections. */
  private static <T> List<T> load(Class<T> service, Map<Class<?>, Object> made) {
    return ServiceLoader.load(service).stream()
        .map(found -> service.cast(made.computeIfAbsent(found.type(), type -> found.get())))
        .toList();
  }

  @Override
  public FileStorage storage(StorageSystem system) {
    return SystemStorage.open(system.id(), () -> storage(system.storage()));
  }

  @Override
  public FileStorage storage(ExecutionSystem system) {
    return SystemStorage.open(system.id(), () -> storage(system.storage()));
  }

  @Override
  public synchronized RemoteScheduler scheduler(ExecutionSystem system) {
    requireOpen();
    RemoteScheduler known = schedulers.get(system);
    if (known != null) {
      return known;
    }
    RemoteSchedulerProvider provider =
        require(schedulerProviders.get(system.scheduler()), "scheduler", system.scheduler());
    RemoteScheduler opened = provider.open(system, runner(system.login()));
    opened.onChange(job -> onChange.accept(system, job));
    schedulers.put(system, opened);
    return opened;
  }

  private synchronized FileStorage storage(StorageAccess access) {
    requireOpen();
    FileStorage known = storages.get(access);
    if (known != null) {
      return known;
    }
    FileStorage opened =
        require(storageProviders.get(access.protocol()), "storage protocol", access.protocol())
            .open(access);
    storages.put(access, opened);
    return opened;
  }

  private CommandRunner runner(LoginAccess access) {
    CommandRunner known = runners.get(access);
    if (known != null) {
      return known;
    }
    CommandRunner opened =
        require(runnerProviders.get(access.protocol()), "login protocol", access.protocol())
            .open(access);
    runners.put(access, opened);
    return opened;
  }

  private void add(FileStorageProvider provider) {
    provider.protocols().forEach(name -> storageProviders.putIfAbsent(name, provider));
  }

  private void add(CommandRunnerProvider provider) {
    provider.protocols().forEach(name -> runnerProviders.putIfAbsent(name, provider));
  }

  private void add(RemoteSchedulerProvider provider) {
    schedulerProviders.putIfAbsent(provider.scheduler(), provider);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  private static <T> T require(@Nullable T provider, String what, String name) {
    if (provider == null) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          "No adapter for %s %s is on the class path.".formatted(what, name),
          null);
    }
    return provider;
  }

  /** Closes schedulers first, because they use the runners. */
  @Override
  public synchronized void close() {
    closed = true;
    closeAll(schedulers, RemoteScheduler::close);
    closeAll(runners, CommandRunner::close);
    closeAll(storages, FileStorage::close);
  }

  private static <T> void closeAll(Map<?, T> opened, Consumer<T> close) {
    opened
        .values()
        .forEach(
            one -> {
              try {
                close.accept(one);
              } catch (Throwable e) {
                // Whatever it is, the others are closed too.
                log.warn("An adapter ({}) could not be closed", one.getClass().getName(), e);
              }
            });
    opened.clear();
  }

  /** A job that was launched, as its scheduler knows it. */
  RemoteJob remoteJob(ExecutionSystem system, StoredJob stored) {
    Job job = stored.job();
    String path = Objects.requireNonNull(job.workPath(), "a job that was launched has one");
    String id = job.remoteJobId();
    return new RemoteJob(
        id == null ? "" : id,
        Attempt.of(
            job.id(),
            Math.max(1, job.submitRetries()),
            storage(system).hostPath(StoragePath.parse(path))));
  }
}
