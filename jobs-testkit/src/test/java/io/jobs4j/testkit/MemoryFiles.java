package io.jobs4j.testkit;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.storage.FileOperations;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.NewFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The requests of a protocol whose files are a map. */
record MemoryFiles(NavigableMap<String, Node> nodes, String rootDir)
    implements FileOperations<String> {
  private static final int LINKS = 40;

  /** What is at a path. The content of a link is where it leads. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares them.
  record Node(Kind kind, byte[] content, Instant modified, int mode) implements FileStatus {
    @Override
    public long length() {
      return content.length;
    }

    @Override
    public OptionalInt permissions() {
      return OptionalInt.of(mode);
    }

    String target() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  static NavigableMap<String, Node> empty() {
    return new TreeMap<>();
  }

  static Node node(FileStatus.Kind kind, byte[] content) {
    boolean directory = kind == FileStatus.Kind.DIRECTORY;
    return new Node(kind, content, Instant.EPOCH, directory ? 0755 : 0644);
  }

  @Override
  public String child(String directory, String name) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR, "the name cannot be said in UTF-8", null);
    }
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
  public String root() throws IOException {
    String real = real(rootDir);
    if (real == null) {
      throw new NoSuchFileException(rootDir);
    }
    return real;
  }

  private @Nullable String real(String path) {
    synchronized (nodes) {
      List<String> rest = new ArrayList<>(List.of(path.substring(1).split("/")));
      String at = "";
      for (int links = 0; !rest.isEmpty(); ) {
        String name = rest.remove(0);
        if (name.equals("..")) {
          at = parent(at);
          continue;
        }
        String next = name.equals(".") ? at : at + "/" + name;
        Node node = nodes.get(next);
        if (node == null || ++links > 1000) {
          return null;
        }
        if (!node.isLink()) {
          at = next;
          continue;
        }
        links += 1000 / LINKS;
        String target = node.target();
        if (target.startsWith("/")) {
          at = "";
          target = target.substring(1);
        }
        rest.addAll(0, List.of(target.split("/")));
      }
      return at;
    }
  }

  @Override
  public Answers status(List<String> places) {
    return index -> {
      synchronized (nodes) {
        return nodes.get(places.get(index));
      }
    };
  }

  @Override
  public @Nullable Target<String> follow(String link) {
    String real = real(link);
    return real == null ? null : new Target<>(real, null);
  }

  @Override
  public List<Child<String>> list(String directory) throws IOException {
    synchronized (nodes) {
      if (!there(directory).isDirectory()) {
        throw new NotDirectoryException(directory);
      }
      List<Child<String>> children = new ArrayList<>();
      below(directory)
          .forEach(
              (place, node) -> {
                String name = place.substring(directory.length() + 1);
                if (name.indexOf('/') < 0) {
                  children.add(new Child<>(name, place, node, false));
                }
              });
      return children;
    }
  }

  @Override
  public String unreadable(String name) {
    return name;
  }

  @Override
  public InputStream read(String file, long offset, FileStatus found) throws IOException {
    synchronized (nodes) {
      byte[] content = there(file).content();
      int from = (int) Math.min(offset, content.length);
      return new ByteArrayInputStream(content, from, content.length - from);
    }
  }

  @Override
  public NewFile create(String file, boolean executable) throws IOException {
    Node empty = node(FileStatus.Kind.FILE, new byte[0]);
    add(file, new Node(empty.kind(), empty.content(), empty.modified(), executable ? 0755 : 0644));
    return new Created(this, file, new ByteArrayOutputStream());
  }

  @Override
  public void makeDirectory(String directory) throws IOException {
    add(directory, node(FileStatus.Kind.DIRECTORY, new byte[0]));
  }

  void add(String place, Node node) throws IOException {
    synchronized (nodes) {
      requireFree(place);
      nodes.put(place, node);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    synchronized (nodes) {
      Node node = there(from);
      requireFree(to);
      NavigableMap<String, Node> moved = new TreeMap<>(below(from));
      below(from).clear();
      nodes.remove(from);
      nodes.put(to, node);
      moved.forEach((place, below) -> nodes.put(to + place.substring(from.length()), below));
    }
  }

  @Override
  public void replace(String from, String to) throws IOException {
    synchronized (nodes) {
      Node node = there(from);
      Node other = nodes.get(to);
      if (other != null) {
        if (other.isDirectory() != node.isDirectory()) {
          throw new FileSystemException(to);
        }
        remove(to);
      }
      rename(from, to);
    }
  }

  @Override
  public void delete(String file) throws IOException {
    remove(file);
  }

  @Override
  public void deleteDirectory(String directory) throws IOException {
    remove(directory);
  }

  private void remove(String place) throws IOException {
    synchronized (nodes) {
      there(place);
      if (!below(place).isEmpty()) {
        throw new DirectoryNotEmptyException(place);
      }
      nodes.remove(place);
    }
  }

  @Override
  public void setModified(String file, Instant time) throws IOException {
    change(file, old -> new Node(old.kind(), old.content(), time, old.mode()));
  }

  @Override
  public void setPermissions(String place, int permissions) throws IOException {
    change(place, old -> new Node(old.kind(), old.content(), old.modified(), permissions));
  }

  @Override
  public void force(String place, boolean directory) {
    // Nothing is more durable than memory.
  }

  private void change(String place, UnaryOperator<Node> change) throws IOException {
    synchronized (nodes) {
      nodes.put(place, change.apply(there(place)));
    }
  }

  Node there(String place) throws IOException {
    Node node = nodes.get(place);
    if (node == null) {
      throw new NoSuchFileException(place);
    }
    return node;
  }

  private NavigableMap<String, Node> below(String place) {
    return nodes.subMap(place + "/", false, place + "0", false);
  }

  private void requireFree(String place) throws IOException {
    if (!there(parent(place)).isDirectory()) {
      throw new NotDirectoryException(parent(place));
    }
    if (nodes.containsKey(place)) {
      throw new FileAlreadyExistsException(place);
    }
    String name = place.substring(place.lastIndexOf('/') + 1);
    if (name.getBytes(StandardCharsets.UTF_8).length > 255) {
      throw new FileSystemException(place, null, "the name is too long");
    }
  }

  private record Created(MemoryFiles files, String file, ByteArrayOutputStream content)
      implements NewFile {
    @Override
    public int blockSize() {
      return 1 << 16;
    }

    @Override
    public void write(byte[] block, int length) {
      content.write(block, 0, length);
    }

    @Override
    public void flush() throws IOException {
      files.change(
          file, old -> new Node(old.kind(), content.toByteArray(), Instant.EPOCH, old.mode()));
    }

    @Override
    public void setModified(Instant time) throws IOException {
      files.setModified(file, time);
    }

    @Override
    public void close() {}
  }
}
