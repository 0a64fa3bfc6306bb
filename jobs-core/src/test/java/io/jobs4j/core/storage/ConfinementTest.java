package io.jobs4j.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfinementTest {
  private final Server server = new Server();
  private final Confinement<String> confinement = new Confinement<>("/root", null);

  @Test
  void allNamesAndTheMarkerAreAskedForAtOnce() throws Exception {
    server.put("/root/.mounted", FileStatus.Kind.FILE);
    server.put("/root/a", FileStatus.Kind.DIRECTORY);
    server.put("/root/a/b", FileStatus.Kind.DIRECTORY);
    Confinement<String> marked = new Confinement<>("/root", StoragePath.parse(".mounted"));

    Place<String> place = marked.locate(server, StoragePath.parse("a/b/c/d"), true);

    assertThat(server.asked)
        .containsExactly(
            List.of(
                "/root", "/root/a", "/root/a/b", "/root/a/b/c", "/root/a/b/c/d", "/root/.mounted"));
    assertThat(place)
        .isEqualTo(
            new Place<>(
                "/root/a/b/c/d",
                null,
                "/root/a/b",
                true,
                List.of("c", "d"),
                List.of("/root", "/root/a", "/root/a/b")));
  }

  @Test
  void namesBelowALinkAreAskedForWhereItLeads() throws Exception {
    server.put("/root/link", FileStatus.Kind.LINK);
    server.links.put("/root/link", "/root/real");
    server.put("/root/real", FileStatus.Kind.DIRECTORY);
    server.put("/root/real/file", FileStatus.Kind.FILE);

    Place<String> place = confinement.locate(server, StoragePath.parse("link/file"), true);

    assertThat(server.asked)
        .containsExactly(
            List.of("/root", "/root/link", "/root/link/file"),
            List.of("/root/real"),
            List.of("/root/real/file"));
    assertThat(place.path()).isEqualTo("/root/real/file");
    assertThat(place.way()).containsExactly("/root", "/root/real");
  }

  @Test
  void nothingIsAskedOfWhatALinkLeadsToOutside() {
    server.put("/root/out", FileStatus.Kind.LINK);
    server.links.put("/root/out", "/root-2/secret");

    assertThatThrownBy(() -> confinement.locate(server, StoragePath.parse("out/a"), true))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "Path \"/out/a\" is refused: the symbolic link \"/out\" leads out of the storage in /root.");
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void aLinkThatLeadsNowhereIsNothing() throws Exception {
    server.put("/root/link", FileStatus.Kind.LINK);

    Place<String> followed = confinement.locate(server, StoragePath.parse("link"), true);
    Place<String> itself = confinement.locate(server, StoragePath.parse("link"), false);

    assertThat(followed.status()).isNull();
    assertThat(followed.missing()).containsExactly("link");
    assertThat(itself.status()).isNotNull();
  }

  @Test
  void aDenialBelowALinkDoesNotMatter() throws Exception {
    server.put("/root/link", FileStatus.Kind.LINK);
    server.links.put("/root/link", "/root/real");
    server.put("/root/real", FileStatus.Kind.DIRECTORY);
    server.denied = "/root/link/a";

    assertThat(confinement.locate(server, StoragePath.parse("link/a"), true).path())
        .isEqualTo("/root/real/a");
  }

  @Test
  void whatIsDeniedIsNotAbsent() {
    server.put("/root/a", FileStatus.Kind.DIRECTORY);
    server.denied = "/root/a/b";

    assertThatThrownBy(() -> confinement.locate(server, StoragePath.parse("a/b"), true))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void withoutItsMarkerNothingIsAbsent() {
    Confinement<String> marked = new Confinement<>("/root", StoragePath.parse("etc/.mounted"));

    assertThatThrownBy(() -> marked.locate(server, StoragePath.parse("a"), true))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageStartingWith("The marker file /root/etc/.mounted of the storage cannot be seen");
  }

  @Test
  void aRootThatHasGoneIsLookedForAgain() throws Exception {
    confinement.locate(server, StoragePath.ROOT, true);
    server.files.remove("/root");
    assertThatThrownBy(() -> confinement.locate(server, StoragePath.ROOT, true))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageStartingWith("The root directory /root of the storage is not there");
    server.root = "/moved";
    server.put("/moved", FileStatus.Kind.DIRECTORY);

    assertThat(confinement.locate(server, StoragePath.ROOT, true).path()).isEqualTo("/moved");
  }

  /** Something there. */
  private record Status(Kind kind) implements FileStatus {
    @Override
    public long length() {
      return 0;
    }

    @Override
    public Instant modified() {
      return Instant.EPOCH;
    }

    @Override
    public OptionalInt permissions() {
      return OptionalInt.empty();
    }
  }

  /** Takes down what it is asked for. */
  private static final class Server implements FileOperations<String> {
    private final Map<String, FileStatus> files = new LinkedHashMap<>();
    private final Map<String, String> links = new LinkedHashMap<>();
    private final List<List<String>> asked = new ArrayList<>();
    private String root = "/root";
    private String denied = "";

    Server() {
      put("/root", FileStatus.Kind.DIRECTORY);
    }

    void put(String path, FileStatus.Kind kind) {
      files.put(path, new Status(kind));
    }

    @Override
    public String child(String directory, String name) {
      return directory + "/" + name;
    }

    @Override
    public String parent(String place) {
      return place.substring(0, place.lastIndexOf('/'));
    }

    @Override
    public boolean contains(String directory, String place) {
      return (place + "/").startsWith(directory + "/");
    }

    @Override
    public String root() {
      return root;
    }

    @Override
    public Answers status(List<String> places) {
      asked.add(places);
      return index -> {
        if (places.get(index).equals(denied)) {
          throw new AccessDeniedException(denied);
        }
        return files.get(places.get(index));
      };
    }

    @Override
    public @Nullable Target<String> follow(String link) {
      String target = links.get(link);
      return target == null ? null : new Target<>(target, null);
    }

    @Override
    public List<Child<String>> list(String directory) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String unreadable(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream read(String file, long offset, FileStatus found) {
      throw new UnsupportedOperationException();
    }

    @Override
    public NewFile create(String file, boolean executable) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void makeDirectory(String directory) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void rename(String from, String to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void replace(String from, String to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String file) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void deleteDirectory(String directory) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setModified(String file, Instant time) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setPermissions(String place, int permissions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force(String place, boolean directory) throws IOException {
      throw new UnsupportedOperationException();
    }
  }
}
