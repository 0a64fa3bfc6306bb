package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** That {@link FileStorageContract} finds faults. */
class FileStorageFaultsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(GivesUpTheRoot.class, "aRootThatIsNotThereCanComeBack"),
        arguments(IgnoresMarkers.class, "aRootWithoutItsMarkerIsNotMounted"),
        arguments(ResolvesHostPaths.class, "hostPathsAreBelowTheRootAsItWasGiven"),
        arguments(LosesTimes.class, "writesWholeFilesWithTimeAndModeAndMakesTheirDirectories"),
        arguments(LosesTimes.class, "copiesContentTimeAndMode"),
        arguments(LosesModes.class, "executableFilesAreSoForWhoeverMayReadThem"),
        arguments(WritesInPlace.class, "aFileShowsOnlyWhenComplete"),
        arguments(WritesInPlace.class, "leavesTheOldFileAndNothingElseIfTheContentBreaksOff"),
        arguments(CutsContentOff.class, "largeContentArrivesWhole"),
        arguments(HidesInterrupts.class, "everyCallHeedsAnInterrupt"),
        arguments(ListsBackwards.class, "listsByNameWithoutWhatIsNoFile"),
        arguments(IgnoresOffsets.class, "readsFromAnOffset"),
        arguments(LetsOut.class, "refusesEveryWayOutOfTheRoot"),
        arguments(FollowsLinks.class, "deletesTreesWithoutFollowingLinks"),
        arguments(MovesOverFiles.class, "movesToWhereNothingIs"),
        arguments(ShowsHalfOfWhatIsWritten.class, "writersAtTheSameTimeLeaveTheWholeFileOfOne"),
        arguments(HeedsNoInterruptsInWrites.class, "anInterruptEndsAWriteWithoutATrace"),
        arguments(ReplacesWhatAppears.class, "doesNotReplaceWhatAppearsMeanwhile"),
        arguments(AsksNobody.class, "nothingShowsOfWhatIsNotToBePublished"),
        arguments(MakesAllDirectories.class, "makesDirectoriesOnlyWithinOneThatIsThere"),
        arguments(DeletesWhatIsFull.class, "deletesADirectoryOnlyIfItIsEmpty"),
        arguments(HidesOmissions.class, "saysWhatItDoesNotList"),
        arguments(HidesOmissions.class, "temporaryFilesAreFoundByTheirTag"),
        arguments(SyncsAnything.class, "everyCallHeedsAnInterrupt"),
        arguments(SyncsAnything.class, "syncsFilesThatAreThere"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theContractFindsTheFault(Class<? extends FileStorageContract> storage, String test) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();

    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(storage, test))
                // Nobody is to look at the logs of failures that are wanted.
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build(),
            listener);

    // Not before it nor after it.
    assertThat(listener.getSummary().getFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getException()).hasStackTraceContaining(test));
  }

  /** Does all as it should be done, but for what a subclass overrides. */
  abstract static class Faulty extends FileStorageContract {
    @Override
    protected FileStorage open(Path rootDirectory, @Nullable String markerFile) {
      LocalStorage sound =
          new LocalStorage(rootDirectory, markerFile == null ? null : marker(markerFile));
      return new FileStorage() {
        @Override
        public Set<Capability> capabilities() {
          return sound.capabilities();
        }

        @Override
        public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
          return Faulty.this.stat(sound, path);
        }

        @Override
        public Listing scan(StoragePath directory) throws InterruptedException {
          return Faulty.this.scan(sound, directory);
        }

        @Override
        public InputStream read(StoragePath file, long offset) throws InterruptedException {
          return Faulty.this.read(sound, file, offset);
        }

        @Override
        public void write(
            StoragePath file,
            InputStream content,
            Instant modified,
            boolean executable,
            Publication publication)
            throws InterruptedException {
          Faulty.this.write(sound, file, content, modified, executable, publication);
        }

        @Override
        public void makeDirectories(StoragePath directory, StoragePath within)
            throws InterruptedException {
          Faulty.this.makeDirectories(sound, directory, within);
        }

        @Override
        public boolean deleteIfEmpty(StoragePath directory) throws InterruptedException {
          return Faulty.this.deleteIfEmpty(sound, directory);
        }

        @Override
        public void deleteTree(StoragePath path) throws InterruptedException {
          Faulty.this.deleteTree(sound, path);
        }

        @Override
        public void move(StoragePath from, StoragePath to) throws InterruptedException {
          Faulty.this.move(sound, from, to);
        }

        @Override
        public long copy(StoragePath from, StoragePath to, Publication publication)
            throws InterruptedException {
          return Faulty.this.copy(sound, from, to, publication);
        }

        @Override
        public void sync(Collection<StoragePath> files) throws InterruptedException {
          Faulty.this.sync(sound, files);
        }

        @Override
        public String hostPath(StoragePath path) {
          return Faulty.this.hostPath(sound, path);
        }

        @Override
        public void close() {
          sound.close();
        }
      };
    }

    @Nullable StoragePath marker(String markerFile) {
      return StoragePath.parse(markerFile);
    }

    Optional<FileEntry> stat(FileStorage sound, StoragePath path) throws InterruptedException {
      return sound.stat(path);
    }

    Listing scan(FileStorage sound, StoragePath path) throws InterruptedException {
      return sound.scan(path);
    }

    void makeDirectories(FileStorage sound, StoragePath directory, StoragePath within)
        throws InterruptedException {
      sound.makeDirectories(directory, within);
    }

    boolean deleteIfEmpty(FileStorage sound, StoragePath directory) throws InterruptedException {
      return sound.deleteIfEmpty(directory);
    }

    InputStream read(FileStorage sound, StoragePath file, long offset) throws InterruptedException {
      return sound.read(file, offset);
    }

    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      sound.write(file, content, time, executable, publication);
    }

    void deleteTree(FileStorage sound, StoragePath path) throws InterruptedException {
      sound.deleteTree(path);
    }

    void move(FileStorage sound, StoragePath from, StoragePath to) throws InterruptedException {
      sound.move(from, to);
    }

    long copy(FileStorage sound, StoragePath from, StoragePath to, Publication publication)
        throws InterruptedException {
      return sound.copy(from, to, publication);
    }

    void sync(FileStorage sound, Collection<StoragePath> files) throws InterruptedException {
      sound.sync(files);
    }

    String hostPath(FileStorage sound, StoragePath path) {
      return sound.hostPath(path);
    }

    static Path local(FileStorage sound, StoragePath path) {
      return Path.of(sound.hostPath(path));
    }
  }

  static final class GivesUpTheRoot extends Faulty {
    @Override
    Optional<FileEntry> stat(FileStorage sound, StoragePath path) throws InterruptedException {
      if (!Files.exists(local(sound, StoragePath.ROOT))) {
        throw new PermanentAdapterException(ConditionCode.JOB_FILES_SERVICE_ERROR, "no root");
      }
      return sound.stat(path);
    }
  }

  static final class IgnoresMarkers extends Faulty {
    @Override
    @Nullable StoragePath marker(String markerFile) {
      return null;
    }
  }

  static final class ResolvesHostPaths extends Faulty {
    @Override
    String hostPath(FileStorage sound, StoragePath path) {
      try {
        return Path.of(sound.hostPath(path)).toRealPath().toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class LosesTimes extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      sound.write(file, content, Instant.now(), executable, publication);
    }
  }

  static final class LosesModes extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      sound.write(file, content, time, false, publication);
    }
  }

  static final class WritesInPlace extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      sound.makeDirectories(file.parent());
      try (var out = Files.newOutputStream(local(sound, file))) {
        content.transferTo(out);
      } catch (IOException e) {
        throw new TransientAdapterException(
            RecoveryCondition.TRANSMISSION_FAILURE, file + ": " + e.getMessage(), e);
      }
    }
  }

  /** Until somebody has read it. */
  static final class ShowsHalfOfWhatIsWritten extends Faulty {
    private volatile CountDownLatch half = new CountDownLatch(0);

    @Override
    synchronized void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      try {
        byte[] bytes = content.readAllBytes();
        if (Files.exists(local(sound, file))) {
          Files.write(local(sound, file), Arrays.copyOf(bytes, bytes.length / 2));
          CountDownLatch read = new CountDownLatch(1);
          half = read;
          // Nobody reads any more once the fault is found.
          assertThat(read.await(1, TimeUnit.MINUTES)).isTrue();
        }
        sound.write(file, new ByteArrayInputStream(bytes), time, executable, publication);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    InputStream read(FileStorage sound, StoragePath file, long offset) throws InterruptedException {
      CountDownLatch read = half;
      try (InputStream all = sound.read(file, offset)) {
        return new ByteArrayInputStream(all.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        read.countDown();
      }
    }
  }

  static final class HeedsNoInterruptsInWrites extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] buffer = new byte[1000];
      try {
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
          bytes.write(buffer, 0, n);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      boolean interrupted = Thread.interrupted();
      sound.write(
          file, new ByteArrayInputStream(bytes.toByteArray()), time, executable, publication);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static final class CutsContentOff extends Faulty {
    @Override
    InputStream read(FileStorage sound, StoragePath file, long offset) throws InterruptedException {
      try (InputStream whole = sound.read(file, offset)) {
        return new ByteArrayInputStream(whole.readNBytes(1 << 20));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class HidesInterrupts extends Faulty {
    @Override
    Listing scan(FileStorage sound, StoragePath path) {
      try {
        return sound.scan(path);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Listing(List.of(), List.of());
      }
    }
  }

  static final class ListsBackwards extends Faulty {
    @Override
    Listing scan(FileStorage sound, StoragePath path) throws InterruptedException {
      Listing listing = sound.scan(path);
      List<FileEntry> entries = new ArrayList<>(listing.entries());
      Collections.reverse(entries);
      return new Listing(entries, listing.omissions());
    }
  }

  static final class IgnoresOffsets extends Faulty {
    @Override
    InputStream read(FileStorage sound, StoragePath file, long offset) throws InterruptedException {
      return sound.read(file, Math.min(offset, 0));
    }
  }

  static final class LetsOut extends Faulty {
    @Override
    InputStream read(FileStorage sound, StoragePath file, long offset) {
      try {
        return Files.newInputStream(local(sound, file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class FollowsLinks extends Faulty {
    @Override
    void deleteTree(FileStorage sound, StoragePath path) throws InterruptedException {
      Path out = local(sound, path).resolve("out");
      if (Files.isSymbolicLink(out)) {
        try (Stream<Path> all = Files.walk(out.toRealPath())) {
          all.sorted(Comparator.reverseOrder())
              .forEach(one -> assertThat(one.toFile().delete()).isTrue());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      sound.deleteTree(path);
    }
  }

  static final class MovesOverFiles extends Faulty {
    @Override
    void move(FileStorage sound, StoragePath from, StoragePath to) throws InterruptedException {
      if (!Files.isRegularFile(local(sound, from))) {
        sound.move(from, to);
        return;
      }
      try {
        Files.move(local(sound, from), local(sound, to), StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Looks whether something is there, and then writes. */
  static final class ReplacesWhatAppears extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      if (!publication.replace() && sound.stat(file).isPresent()) {
        throw new TargetExistsException(file, null);
      }
      sound.write(file, content, time, executable, publication.replacing(true));
    }
  }

  static final class AsksNobody extends Faulty {
    @Override
    void write(
        FileStorage sound,
        StoragePath file,
        InputStream content,
        Instant time,
        boolean executable,
        Publication publication)
        throws InterruptedException {
      sound.write(file, content, time, executable, unchecked(publication));
    }

    @Override
    long copy(FileStorage sound, StoragePath from, StoragePath to, Publication publication)
        throws InterruptedException {
      return sound.copy(from, to, unchecked(publication));
    }

    private static Publication unchecked(Publication publication) {
      return new Publication(
          publication.tag(), publication.within(), publication.replace(), () -> {});
    }
  }

  static final class MakesAllDirectories extends Faulty {
    @Override
    void makeDirectories(FileStorage sound, StoragePath directory, StoragePath within)
        throws InterruptedException {
      sound.makeDirectories(directory);
    }
  }

  static final class DeletesWhatIsFull extends Faulty {
    @Override
    boolean deleteIfEmpty(FileStorage sound, StoragePath directory) throws InterruptedException {
      sound.deleteTree(directory);
      return true;
    }
  }

  static final class HidesOmissions extends Faulty {
    @Override
    Listing scan(FileStorage sound, StoragePath path) throws InterruptedException {
      return new Listing(sound.scan(path).entries(), List.of());
    }
  }

  static final class SyncsAnything extends Faulty {
    @Override
    void sync(FileStorage sound, Collection<StoragePath> files) {}
  }
}
