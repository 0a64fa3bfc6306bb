package io.jobs4j.adapters.ssh;

import java.io.IOException;
import net.schmizz.sshj.common.SSHRuntimeException;

/**
 * Requests that put away what was begun. They are answered whatever interrupts come, before or
 * meanwhile: a server whose session is closed before it has answered may not get to what it was
 * asked. Stateless.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** What is asked, which may be asked again. */
  interface Requests {
    void run() throws IOException;
  }

  /** Asks until there is an answer, which has its usual limit; interrupts are kept for later. */
  static void run(Requests requests) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          requests.run();
          return;
        } catch (IOException | SSHRuntimeException e) {
          if (!Thread.interrupted()) {
            throw e;
          }
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
