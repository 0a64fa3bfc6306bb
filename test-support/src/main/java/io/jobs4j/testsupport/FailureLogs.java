package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Keeps what was logged while a test ran that failed: by processes that {@code CrashHarness}
 * started, and by the servers that {@link RequiresServices} names. Each failure has a directory of
 * its own, which {@code dev/failures} prints. JUnit finds this extension by itself where the build
 * lets it.
 *
 * <p>What tests that ran at the same time logged is among it.
 */
public final class FailureLogs
    implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, TestWatcher {
  /** Configuration parameter: the directory for those of failures; below target by default. */
  static final String FAILURES = "jobs4j.test.failures";

  /** Configuration parameter: the directory in which processes of tests log. */
  static final String CHILDREN = "jobs4j.testkit.logs";

  private static final Clock CLOCK = Clock.systemUTC();
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FailureLogs.class);

  private static final int LONGEST_NAME = 100;

  @Override
  public void beforeAll(ExtensionContext context) {
    var unused =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(CHILDREN, key -> forgetChildrenOfBefore(context));
    mark(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    mark(context);
  }

  /** Tells of a class whose own methods failed, as nobody tells watchers. */
  @Override
  public void afterAll(ExtensionContext context) {
    context.getExecutionException().ifPresent(failure -> keep(context, failure));
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    keep(context, cause);
  }

  private static Boolean forgetChildrenOfBefore(ExtensionContext context) {
    Optional<Path> directory = context.getConfigurationParameter(CHILDREN).map(Path::of);
    try {
      if (directory.isPresent() && Files.isDirectory(directory.get())) {
        try (Stream<Path> files = Files.list(directory.get())) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory.isPresent();
  }

  private static void mark(ExtensionContext context) {
    context
        .getStore(NAMESPACE)
        .put(LogMark.class, LogMark.now(serviceLogs(context), CLOCK.instant()));
  }

  private static void keep(ExtensionContext context, Throwable failure) {
    LogMark mark = context.getStore(NAMESPACE).get(LogMark.class, LogMark.class);
    try {
      Path directory = newDirectory(context);
      StringWriter text = new StringWriter();
      text.write(CLOCK.instant() + " " + context.getUniqueId() + "\n");
      failure.printStackTrace(new PrintWriter(text, true));
      Files.writeString(directory.resolve("failure.txt"), text.toString());
      if (mark != null) {
        mark.copyServers(directory);
        Optional<String> children = context.getConfigurationParameter(CHILDREN);
        if (children.isPresent()) {
          mark.copyChildren(Path.of(children.get()), directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newDirectory(ExtensionContext context) throws IOException {
    Path base = Path.of(context.getConfigurationParameter(FAILURES).orElse("target/failed-tests"));
    String name =
        context.getRequiredTestClass().getSimpleName()
            + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
    Files.createDirectories(base);
    String cut = name.substring(0, Math.min(name.length(), LONGEST_NAME));
    return Files.createTempDirectory(base, cut + "-");
  }

  private static List<Path> serviceLogs(ExtensionContext context) {
    Set<Service> services = EnumSet.noneOf(Service.class);
    AnnotationSupport.findAnnotation(context.getTestClass(), RequiresServices.class)
        .ifPresent(required -> services.addAll(List.of(required.value())));
    AnnotationSupport.findAnnotation(context.getTestMethod(), RequiresServices.class)
        .ifPresent(required -> services.addAll(List.of(required.value())));
    List<Path> logs = new ArrayList<>();
    for (Service service : services) {
      logs.addAll(
          context
              .getRoot()
              .getStore(NAMESPACE)
              .getOrComputeIfAbsent(service, FailureLogs::logs, Logs.class)
              .paths());
    }
    return logs;
  }

  private static Logs logs(Service service) {
    return new Logs(logs(service, DevServices.find().environment()));
  }

  /** Where a service logs: files, and directories with files. */
  static List<Path> logs(Service service, Map<String, String> environment) {
    String paths = environment.getOrDefault("JOBS4J_" + service.name() + "_LOGS", "");
    return paths.isEmpty() ? List.of() : Stream.of(paths.split(":", -1)).map(Path::of).toList();
  }

  private record Logs(List<Path> paths) {}
}
