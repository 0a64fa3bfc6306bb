package io.jobs4j.testsupport;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets what tests await take longer than Awaitility's ten seconds where they do not say how long,
 * so that a slow machine decides no test. JUnit finds this extension by itself where the build lets
 * it.
 */
public final class PatientAwaits implements BeforeAllCallback {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(PATIENCE);
  }
}
