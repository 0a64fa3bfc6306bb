package io.jobs4j.core.local;

import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TemporaryFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;

/**
 * A file that is filled under a temporary name beside its place and then put there.
 *
 * @param file what it is in the storage
 * @param place where it is to be, with no link on the way
 * @param publication how it comes there
 */
record NewFile(StoragePath file, Path place, Publication publication) {
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** Puts the content into a new file. */
  interface Filler {
    /** Returns the bytes written. */
    long fill(FileChannel channel) throws IOException, InterruptedException;
  }

  /** Gives a file its time. */
  interface Timer {
    void setModified(Path file) throws IOException;
  }

  /** Returns the bytes written. */
  long write(Filler filler, Timer timer, FileAttribute<?>... attributes)
      throws IOException, InterruptedException {
    Path directory = Objects.requireNonNull(place.getParent());
    Path temporary = directory.resolve(TemporaryFile.name(publication.tag()));
    boolean moved = false;
    try {
      long length;
      try (FileChannel channel = FileChannel.open(temporary, NEW_FILE, attributes)) {
        length = filler.fill(channel);
        timer.setModified(temporary);
      }
      publication.beforePublish().run();
      if (publication.replace()) {
        Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        moved = true;
      } else {
        putWhereNothingIs(temporary);
      }
      return length;
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  /** A second name for the file is made only where there is none; renaming would replace. */
  private void putWhereNothingIs(Path temporary) throws IOException {
    try {
      Files.createLink(place, temporary);
    } catch (FileAlreadyExistsException e) {
      throw new TargetExistsException(file, e);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without second names. What appears at the very moment is replaced there.
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        throw new TargetExistsException(file, e);
      }
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
