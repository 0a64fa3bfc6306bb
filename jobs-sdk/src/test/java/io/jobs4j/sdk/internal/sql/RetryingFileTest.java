package io.jobs4j.sdk.internal.sql;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RetryingFileTest {
  private static final String FULL = "No space left on device";

  @TempDir Path directory;
  private final List<RetryingFile> closed = new ArrayList<>();

  @Test
  void writesWhatCouldNotBeWrittenWhenThereIsRoom() throws Exception {
    try (FileChannel disk = disk();
        RetryingFile file =
            new RetryingFile(withoutRoom(disk, 3, 2), "jobs4j.mv.db", closed::add)) {
      ByteBuffer bytes = ByteBuffer.wrap("abcdef".getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        assertThat(file.write(bytes, 10 + bytes.position())).isPositive();
      }
      ByteBuffer read = ByteBuffer.allocate(20);
      assertThat(disk.read(read, 10)).isEqualTo(6);
      assertThat(new String(read.array(), 0, 6, US_ASCII)).isEqualTo("abcdef");
    }
  }

  /** A file that takes some bytes of the first write, and then none for some attempts. */
  private static FileChannel withoutRoom(FileChannel disk, int bytes, int attempts)
      throws IOException {
    FileChannel full = open();
    AtomicInteger calls = new AtomicInteger();
    when(full.write(any(ByteBuffer.class), anyLong()))
        .thenAnswer(
            call -> {
              ByteBuffer source = call.getArgument(0);
              int number = calls.getAndIncrement();
              if (number == 0) {
                ByteBuffer part = source.slice().limit(bytes);
                int written = disk.write(part, call.getArgument(1));
                source.position(source.position() + written);
                return written;
              }
              if (number <= attempts) {
                // Nobody may rely on where a failed write leaves off.
                source.position(source.limit());
                throw new IOException(FULL);
              }
              return disk.write(source, call.getArgument(1));
            });
    return full;
  }

  @Test
  void truncatesWhenItCan() throws Exception {
    FileChannel full = open();
    when(full.truncate(anyLong())).thenThrow(new IOException(FULL)).thenReturn(full);
    try (RetryingFile file = new RetryingFile(full, "jobs4j.mv.db", closed::add)) {
      file.truncate(5);
    }
    verify(full, times(2)).truncate(5);
  }

  @Test
  void anInterruptEndsNoAttemptAndIsKept() throws Exception {
    FileChannel full = open();
    when(full.write(any(ByteBuffer.class), anyLong()))
        .thenThrow(new IOException(FULL))
        .thenReturn(1);
    try (RetryingFile file = new RetryingFile(full, "jobs4j.mv.db", closed::add)) {
      Thread.currentThread().interrupt();
      assertThat(file.write(ByteBuffer.allocate(1), 0)).isEqualTo(1);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aFileThatIsClosedIsNotWrittenAgain() throws Exception {
    FileChannel full = open();
    CountDownLatch tried = new CountDownLatch(2);
    when(full.write(any(ByteBuffer.class), anyLong()))
        .thenAnswer(
            call -> {
              tried.countDown();
              throw new IOException(FULL);
            });
    RetryingFile file = new RetryingFile(full, "jobs4j.mv.db", closed::add);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                file.write(ByteBuffer.allocate(1), 0);
              } catch (IOException e) {
                failure.set(e);
              }
            });
    writer.start();
    tried.await();
    file.close();
    writer.join();
    assertThat(failure.get()).hasMessage(FULL);
  }

  @Test
  void aFileThatWasClosedBelowFails() throws Exception {
    FileChannel gone = disk();
    gone.close();
    try (RetryingFile file = new RetryingFile(gone, "jobs4j.mv.db", closed::add)) {
      assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0))
          .isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void aWriteThatNobodyWaitsForAnyMoreFails() throws Exception {
    FileChannel full = open();
    CountDownLatch tried = new CountDownLatch(2);
    when(full.write(any(ByteBuffer.class), anyLong()))
        .thenAnswer(
            call -> {
              tried.countDown();
              throw new IOException(FULL);
            });
    RetryingFile file = new RetryingFile(full, "jobs4j.mv.db", closed::add);
    FutureTask<Integer> write = new FutureTask<>(() -> file.write(ByteBuffer.allocate(1), 0));
    new Thread(write).start();
    tried.await();
    file.retry(false);
    assertThatThrownBy(write::get).hasRootCauseMessage(FULL);
    assertThat(closed).isEmpty();
    file.close();
    assertThat(closed).containsExactly(file);
  }

  @Test
  void aFailureToForceIsPassedOnAndNotTakenBack() throws Exception {
    FileChannel failing = open();
    doThrow(new IOException("Input/output error")).doNothing().when(failing).force(true);
    try (RetryingFile file = new RetryingFile(failing, "jobs4j.mv.db", closed::add)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> file.force(true))
            .satisfies(error -> assertThat(SqlFailure.failedToForce(error)).isTrue())
            .hasMessageEndingWith("Input/output error");
      }
    }
    verify(failing, times(1)).force(true);
  }

  /** One whose calls do nothing yet. */
  private static FileChannel open() {
    FileChannel file = mock(FileChannel.class);
    when(file.isOpen()).thenReturn(true);
    return file;
  }

  private FileChannel disk() throws IOException {
    return FileChannel.open(
        directory.resolve("file"),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }
}
