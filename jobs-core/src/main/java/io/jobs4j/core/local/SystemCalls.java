package io.jobs4j.core.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** What is asked of the operating system and not done by every file system. Replaced in tests. */
interface SystemCalls {
  SystemCalls REAL =
      new SystemCalls() {
        @Override
        public void setModified(Path file, Instant time) throws IOException {
          Files.setLastModifiedTime(file, FileTime.from(time));
        }

        @Override
        public void force(FileChannel channel) throws IOException {
          channel.force(true);
        }
      };

  void setModified(Path file, Instant time) throws IOException;

  void force(FileChannel channel) throws IOException;
}
