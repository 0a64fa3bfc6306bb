package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums of files in storages, none of which is whole in memory. Stateless. */
public final class Checksums {
  private static final int BUFFER = 1 << 17;

  private Checksums() {}

  /**
   * The SHA-256 of a file's content.
   *
   * @param going called before each read; what it throws ends the reading
   * @return hexadecimal digits
   * @throws io.jobs4j.core.spi.PermanentAdapterException if the storage refuses
   * @throws TransientAdapterException if the file cannot be read at present
   * @throws InterruptedException if the thread was interrupted
   */
  public static String sha256(FileStorage storage, StoragePath file, Runnable going)
      throws InterruptedException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream content = storage.read(file, 0)) {
      going.run();
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        digest.update(buffer, 0, read);
        going.run();
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("The reading of a file was interrupted.");
      }
      throw new TransientAdapterException(
          RecoveryCondition.TRANSMISSION_FAILURE,
          SystemStorage.systemOf(storage),
          "Reading \"%s\" broke off: %s".formatted(file, e.getMessage()),
          e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
