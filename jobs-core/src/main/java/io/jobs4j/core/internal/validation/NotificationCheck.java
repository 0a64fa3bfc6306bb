package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.template.InvalidTemplateException;
import io.jobs4j.core.internal.template.UrlTemplate;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.NotificationRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The check of the notifications of one request. */
final class NotificationCheck {
  private static final Pattern TEMPLATE_VARIABLE = Pattern.compile("\\$\\{[^{}]*}");
  private static final Pattern EMAIL =
      Pattern.compile(
          "[A-Za-z0-9_][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}"
              + "@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\\.[A-Za-z0-9-]{1,63})*");
  private static final String HEARTBEAT = "HEARTBEAT";

  private final RequestProblems problems;
  private final TextCheck texts;

  NotificationCheck(RequestProblems problems) {
    this.problems = problems;
    this.texts = new TextCheck(problems);
  }

  /** Checks all of them. */
  void run(List<NotificationRequest> notifications) {
    for (int i = 0; i < notifications.size(); i++) {
      String field = "notifications[" + i + "]";
      if (!problems.flawed(field)) {
        checkEvent(field + ".event", notifications.get(i).event());
        checkUrl(field + ".url", notifications.get(i).url());
      }
    }
  }

  private void checkEvent(String field, String given) {
    String event = texts.required(field, given, 32);
    if (event != null
        && !event.equals(NotificationRequest.ALL)
        && !event.equalsIgnoreCase(HEARTBEAT)
        && JobEventName.parse(event).isEmpty()) {
      problems.add(
          field, event, "is not the name of a job event, such as FINISHED; * stands for all.");
    }
  }

  private void checkUrl(String field, String given) {
    String url = texts.required(field, given, 1024);
    if (url == null) {
      return;
    }
    if (!EMAIL.matcher(url).matches() && !isHttp(TEMPLATE_VARIABLE.matcher(url).replaceAll("x"))) {
      problems.add(
          field,
          url,
          "must be an absolute URL with http or https and a host, or an e-mail address.");
      return;
    }
    try {
      UrlTemplate.compile(url);
    } catch (InvalidTemplateException e) {
      problems.add(field, url, e.problem());
    }
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      return scheme != null
          && List.of("http", "https").contains(scheme.toLowerCase(Locale.ROOT))
          && uri.getHost() != null
          && uri.getPort() <= 65535;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
