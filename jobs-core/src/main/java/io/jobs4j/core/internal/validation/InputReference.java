package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.text.Shown;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file or directory that a value of an input names.
 *
 * <ul>
 *   <li>{@code data/a.txt}: from the home directory of the default storage system
 *   <li>{@code /data/a.txt}: from the root directory of the default storage system
 *   <li>{@code agave://system/data/a.txt}: from the home directory of that system
 *   <li>{@code agave://system//data/a.txt}: from the root directory of that system
 * </ul>
 *
 * <p>Percent escapes count in URIs only. No form can leave the root directory.
 *
 * @param systemId id of a storage system, or of an execution system for its storage
 * @param path place in it
 */
public record InputReference(String systemId, StoragePath path) {
  private static final int MAX_LENGTH = 4096;
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");
  private static final Pattern SYSTEM_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Reads a value with the default schemes.
   *
   * @param value as in the request
   * @param defaultSystem where paths without a system are
   * @param systems finds the storage system of an id
   * @throws PermanentAdapterException if the value names no file of a known system
   */
  public static InputReference parse(
      String value,
      StorageSystem defaultSystem,
      Function<String, Optional<StorageSystem>> systems) {
    return parse(value, defaultSystem, systems, ValidationOptions.defaults().inputSchemes());
  }

  /**
   * Reads a value.
   *
   * @param value as in the request
   * @param defaultSystem where paths without a system are
   * @param systems finds the storage system of an id
   * @param schemes schemes of URIs that name system and path, in lower case
   * @throws PermanentAdapterException if the value names no file of a known system
   */
  public static InputReference parse(
      String value,
      StorageSystem defaultSystem,
      Function<String, Optional<StorageSystem>> systems,
      Set<String> schemes) {
    try {
      return read(value, defaultSystem, systems, schemes);
    } catch (Flaw e) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS,
          "Input \"%s\" was given with %s".formatted(Shown.value(value), e.getMessage()),
          e);
    }
  }

  /** Reads a value; the message of a flaw goes after "specified an input with". */
  static InputReference read(
      String value,
      @Nullable StorageSystem defaultSystem,
      Function<String, Optional<StorageSystem>> systems,
      Set<String> schemes)
      throws Flaw {
    if (value.isBlank()) {
      throw new Flaw("an empty value; it must be a path or a URI.");
    }
    if (value.length() > MAX_LENGTH) {
      throw new Flaw("a value of more than " + MAX_LENGTH + " characters.");
    }
    if (Characters.anyControl(value)) {
      throw new Flaw("a value that has control characters or is not valid Unicode.");
    }
    Matcher matcher = SCHEME.matcher(value);
    if (matcher.matches()) {
      String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
      if (schemes.contains(scheme)) {
        return uri(value, scheme, systems);
      }
      // Other names with a colon are files: "12:30.log" is one, "ftp://host/file" is none.
      if (matcher.group(2).startsWith("/")) {
        throw new Flaw(
            "an unsupported scheme \"%s\"; give a path, or a URI with one of the schemes %s."
                .formatted(scheme, String.join(", ", schemes)));
      }
    }
    if (defaultSystem == null) {
      throw new Flaw(
          "a path, but there is no default storage system; give it as agave://system/path.");
    }
    return file(defaultSystem, value);
  }

  private static InputReference uri(
      String value, String scheme, Function<String, Optional<StorageSystem>> systems) throws Flaw {
    URI uri;
    try {
      uri = new URI(value);
    } catch (URISyntaxException e) {
      throw improper(scheme, e.getReason());
    }
    String systemId = uri.getRawAuthority();
    if (systemId == null || !SYSTEM_ID.matcher(systemId).matches()) {
      throw improper(scheme, "the part after \"//\" is not the id of a system");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw improper(scheme, "\"?\" and \"#\" in names are written %3F and %23");
    }
    String path = uri.getPath();
    if (slashes(path) != slashes(uri.getRawPath())) {
      throw improper(scheme, "a name cannot hold a slash (%2F)");
    }
    if (Characters.anyControl(path) || (path.indexOf('\uFFFD') >= 0 && value.contains("%"))) {
      throw improper(scheme, "its percent escapes are no names in UTF-8");
    }
    StorageSystem system =
        systems
            .apply(systemId)
            .orElseThrow(
                () -> new Flaw("a storage system \"%s\" that does not exist.".formatted(systemId)));
    return file(system, path.isEmpty() ? path : path.substring(1));
  }

  private static InputReference file(StorageSystem system, String path) throws Flaw {
    try {
      StoragePath place = StoragePath.parse(system.storage().homeDir(), path);
      if (place.name().isEmpty() || path.isEmpty()) {
        throw new Flaw("a path that names no file; it must not be the storage itself.");
      }
      return new InputReference(system.id(), place);
    } catch (PermanentAdapterException e) {
      throw new Flaw("a path that is refused: it must stay in its storage, without \"..\".");
    }
  }

  private static Flaw improper(String scheme, String reason) {
    return new Flaw(
        "improper URI formatting: %s; the form is %s://system/path.".formatted(reason, scheme));
  }

  private static long slashes(String text) {
    return text.chars().filter(c -> c == '/').count();
  }

  /** Why a value is no reference. */
  static final class Flaw extends Exception {
    private static final long serialVersionUID = 1L;

    Flaw(String message) {
      super(message);
    }
  }
}
