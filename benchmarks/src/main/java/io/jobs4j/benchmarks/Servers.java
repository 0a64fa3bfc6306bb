package io.jobs4j.benchmarks;

import io.jobs4j.testsupport.Service;
import java.util.function.Predicate;

/** The servers of {@code dev/services} that a benchmark needs. They are not started for it. */
final class Servers {
  private Servers() {}

  /**
   * Sees to it that a server runs.
   *
   * @throws IllegalStateException saying how to start it if it does not
   */
  static void require(Service service) {
    require(service, Service::isRunning);
  }

  static void require(Service service, Predicate<Service> isRunning) {
    if (!isRunning.test(service)) {
      throw new IllegalStateException(
          "its server is not up; start it with: dev/services start " + service.word());
    }
  }
}
