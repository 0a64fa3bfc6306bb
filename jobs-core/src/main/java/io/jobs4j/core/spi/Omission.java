package io.jobs4j.core.spi;

/**
 * Something in a directory that a storage does not list.
 *
 * @param path where it is
 * @param reason why it is not listed
 */
public record Omission(StoragePath path, Reason reason) {
  /** Why something is not listed. */
  public enum Reason {
    LINK_OUT("link that leads out of the storage"),
    LINK_NOWHERE("link that leads nowhere"),
    /** To a directory on the way to it, where a walk would go round for ever. */
    LINK_BACK("link that leads back to a directory it is in"),
    LINK_DENIED("link to where access is denied"),
    /** A pipe, a socket or a device, or a link to one. */
    SPECIAL("neither a file nor a directory"),
    /** A {@link TemporaryFile}. */
    TEMPORARY("temporary file");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** What it is, for people: a noun without an article. */
    public String text() {
      return text;
    }
  }
}
