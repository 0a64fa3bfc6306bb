package io.jobs4j.core.request;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an operator can choose about the checking of requests.
 *
 * @param negativeMeansUnlimited whether a negative limit of a batch queue means no limit, as in
 *     Agave ({@code true} by default). Otherwise such a queue cannot be used (Aloe, "Submission
 *     Request Parameters")
 * @param archiveByDefault whether output is archived when a request does not say. {@code false} by
 *     default: files move only where somebody asked for it, as with {@code archiveOnAppError}. Aloe
 *     documents no default; Agave's is {@code true}
 * @param archiveOnAppErrorByDefault whether output is archived after an application failed when a
 *     request does not say; {@code false} by default (Aloe, "Submission Request Parameters")
 * @param inputSchemes schemes of URIs that name an input by storage system and path; {@code agave}
 *     by default. Held in lower case
 */
public record ValidationOptions(
    boolean negativeMeansUnlimited,
    boolean archiveByDefault,
    boolean archiveOnAppErrorByDefault,
    Set<String> inputSchemes) {
  private static final ValidationOptions DEFAULTS =
      new ValidationOptions(true, false, false, Set.of("agave"));

  public ValidationOptions {
    inputSchemes =
        inputSchemes.stream()
            .map(scheme -> scheme.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The options when nobody chooses. */
  public static ValidationOptions defaults() {
    return DEFAULTS;
  }

  /** The same options with this {@code negativeMeansUnlimited}. */
  public ValidationOptions withNegativeMeansUnlimited(boolean value) {
    return new ValidationOptions(value, archiveByDefault, archiveOnAppErrorByDefault, inputSchemes);
  }

  /** The same options with this {@code archiveByDefault}. */
  public ValidationOptions withArchiveByDefault(boolean value) {
    return new ValidationOptions(
        negativeMeansUnlimited, value, archiveOnAppErrorByDefault, inputSchemes);
  }

  /** The same options with this {@code archiveOnAppErrorByDefault}. */
  public ValidationOptions withArchiveOnAppErrorByDefault(boolean value) {
    return new ValidationOptions(negativeMeansUnlimited, archiveByDefault, value, inputSchemes);
  }

  /** The same options with these {@code inputSchemes}. */
  public ValidationOptions withInputSchemes(Set<String> value) {
    return new ValidationOptions(
        negativeMeansUnlimited, archiveByDefault, archiveOnAppErrorByDefault, value);
  }
}
