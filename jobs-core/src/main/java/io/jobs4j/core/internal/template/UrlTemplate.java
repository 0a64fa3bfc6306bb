package io.jobs4j.core.internal.template;

import io.jobs4j.core.internal.text.PercentEncoding;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.JobLinks;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a notification goes: an http or https URL with variables, or an e-mail address (Tapis, "Job
 * monitoring", "Webhooks" and "Email"). Immutable; read once, filled in for each event.
 *
 * <p>{@code ${NAME}} stands for a {@link TemplateVariable}; it may be in the path, the query and
 * the fragment. In the scheme, user, host or port it is refused, because there a value could send
 * the call elsewhere. A dollar sign with no brace after it is a dollar sign; with an opening brace
 * after it, it begins a variable, which must have a name and be closed.
 *
 * <p>Values are percent-encoded (RFC 3986, UTF-8) down to the unreserved characters, so that
 * whatever they hold they stay within the path segment, or the name or value of a query pair, in
 * which the variable stands, and what looks like a variable in a value is not one. A value that a
 * job does not have is empty. An e-mail address has no variables.
 */
public final class UrlTemplate {
  private static final Pattern E_MAIL =
      Pattern.compile(
          "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?");
  private static final Pattern WEB = Pattern.compile("(?i)https?://.*", Pattern.DOTALL);

  private final String text;
  private final boolean email;
  private final List<Part> parts;

  private UrlTemplate(String text, boolean email, List<Part> parts) {
    this.text = text;
    this.email = email;
    this.parts = List.copyOf(parts);
  }

  /** Literal text, and the variable that follows it, if any. */
  private record Part(String literal, @Nullable TemplateVariable variable, boolean inPath) {}

  /**
   * Reads a template.
   *
   * @param text the {@code url} of a notification
   * @throws InvalidTemplateException if it is neither an absolute http or https URL nor an e-mail
   *     address, if it has an unknown variable (the message lists the known ones) or one in a place
   *     where none may be
   */
  public static UrlTemplate compile(String text) {
    if (WEB.matcher(text).matches()) {
      List<Part> parts = split(text);
      requireUrl(text, parts);
      return new UrlTemplate(text, false, parts);
    }
    if (text.contains("${")) {
      throw new InvalidTemplateException(
          text,
          "variables may only be in the path, query or fragment of a URL that begins with http:// or"
              + " https://");
    }
    if (E_MAIL.matcher(text).matches()) {
      return new UrlTemplate(text, true, List.of(new Part(text, null, false)));
    }
    throw new InvalidTemplateException(
        text, "it must be a URL that begins with http:// or https://, or an e-mail address");
  }

  /** The text that was read. */
  public String text() {
    return text;
  }

  /** Whether it is an e-mail address. */
  public boolean isEmail() {
    return email;
  }

  /**
   * The URL to call for an event, or the e-mail address. It has no line breaks.
   *
   * @param job the job at the time of the event
   * @param event name of the event
   * @param links where the API is; {@code null} if there is none, which leaves {@code JOB_URL} and
   *     {@code JOB_ARCHIVE_URL} empty
   */
  public String resolve(Job job, String event, @Nullable JobLinks links) {
    StringBuilder url = new StringBuilder(text.length() + 64);
    for (Part part : parts) {
      url.append(part.literal());
      if (part.variable() != null) {
        String value = part.variable().value(job, event, links);
        if (value != null) {
          url.append(encode(value, part.inPath()));
        }
      }
    }
    return url.toString();
  }

  /** The text of the template. */
  @Override
  public String toString() {
    return text;
  }

  /** In a path, a segment of one or two periods would lead to another place. */
  private static String encode(String value, boolean inPath) {
    boolean dots = value.equals(".") || value.equals("..");
    return inPath && dots ? value.replace(".", "%2E") : PercentEncoding.encode(value);
  }

  private static List<Part> split(String text) {
    int authorityEnd = text.indexOf("://") + 3;
    while (authorityEnd < text.length() && "/?#".indexOf(text.charAt(authorityEnd)) < 0) {
      authorityEnd++;
    }
    List<Part> parts = new ArrayList<>();
    boolean inPath = true;
    int from = 0;
    for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", from)) {
      if (open < authorityEnd) {
        throw new InvalidTemplateException(
            text,
            "the user, host and port cannot hold a variable; the path, query and fragment can");
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new InvalidTemplateException(
            text, "\"${\" at position %s has no \"}\"".formatted(open));
      }
      String literal = text.substring(from, open);
      if (open > authorityEnd && inPath) {
        inPath = isPath(text.substring(authorityEnd, open));
      }
      parts.add(new Part(literal, variable(text, text.substring(open + 2, close)), inPath));
      from = close + 1;
    }
    parts.add(new Part(text.substring(from), null, false));
    return parts;
  }

  private static boolean isPath(String afterAuthority) {
    return afterAuthority.indexOf('?') < 0 && afterAuthority.indexOf('#') < 0;
  }

  private static TemplateVariable variable(String text, String name) {
    Optional<TemplateVariable> variable = TemplateVariable.named(name);
    return variable.orElseThrow(
        () ->
            new InvalidTemplateException(
                text,
                "there is no variable \"${%s}\"; valid names are %s"
                    .formatted(name, TemplateVariable.names())));
  }

  private static void requireUrl(String text, List<Part> parts) {
    StringBuilder sample = new StringBuilder();
    for (Part part : parts) {
      sample.append(part.literal());
      if (part.variable() != null) {
        sample.append('x');
      }
    }
    try {
      URI url = new URI(sample.toString());
      if (url.getHost() == null) {
        throw new InvalidTemplateException(text, "the URL has no valid host");
      }
    } catch (URISyntaxException e) {
      throw new InvalidTemplateException(
          text,
          "it is not a valid URL (%s); write other characters percent-encoded"
              .formatted(e.getReason()));
    }
  }
}
