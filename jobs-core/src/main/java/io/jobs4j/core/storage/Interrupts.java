package io.jobs4j.core.storage;

import java.io.IOException;

/** Looks at interrupts of the thread, now or later. Stateless. */
public final class Interrupts {
  private Interrupts() {}

  /** Requests that may be made again. */
  interface Requests {
    void run() throws IOException;
  }

  /** Ends what the thread does if it was interrupted. */
  public static void heed() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /**
   * Makes requests that put away what was begun, until they are answered, which has its usual
   * limit. Interrupts, before or meanwhile, are kept for later: a server whose session is closed
   * before it has answered may not get to what it was asked.
   */
  static void later(Requests requests) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          requests.run();
          return;
        } catch (IOException e) {
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
