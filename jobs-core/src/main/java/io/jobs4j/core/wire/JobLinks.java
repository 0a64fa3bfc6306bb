package io.jobs4j.core.wire;

import io.jobs4j.core.internal.text.PercentEncoding;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a job and what belongs to it can be found in the API: the {@code _links} of Tapis' "Job
 * monitoring", "Polling". Immutable.
 */
public final class JobLinks {
  private static final Pattern SIBLINGS = Pattern.compile("(.*)/jobs/([^/]+)");

  private final String jobs;
  private final @Nullable String root;
  private final String version;

  private JobLinks(String jobs, @Nullable String root, String version) {
    this.jobs = jobs;
    this.root = root;
    this.version = version;
  }

  /**
   * The links of an API whose Jobs service is at {@code jobsUrl}.
   *
   * @param jobsUrl for example {@code https://api.example.com/jobs/v2}. If it ends like this, with
   *     {@code /jobs/} and a version, then apps, systems, profiles, metadata and notifications are
   *     taken to be beside it; otherwise nothing links to them.
   * @throws IllegalArgumentException if it is not an absolute http or https URL without query and
   *     fragment
   */
  public static JobLinks of(URI jobsUrl) {
    String scheme = jobsUrl.getScheme();
    if (scheme == null
        || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
        || jobsUrl.getHost() == null
        || jobsUrl.getRawUserInfo() != null
        || jobsUrl.getRawQuery() != null
        || jobsUrl.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the URL of the Jobs service must be an absolute http or https URL without user, query"
              + " and fragment, such as https://api.example.com/jobs/v2");
    }
    String jobs = jobsUrl.toString();
    while (jobs.endsWith("/")) {
      jobs = jobs.substring(0, jobs.length() - 1);
    }
    Matcher siblings = SIBLINGS.matcher(jobs);
    return siblings.matches()
        ? new JobLinks(jobs, siblings.group(1), siblings.group(2))
        : new JobLinks(jobs, null, "");
  }

  /** The URL of the job itself. */
  public String job(String id) {
    return jobs + "/" + PercentEncoding.encode(id);
  }

  /** The URL under which the job's output is listed, archived or not. */
  public String outputs(String id) {
    return job(id) + "/outputs/listings";
  }

  /** The links by name, in the order of the documents. A system that is not known yet has none. */
  Map<String, String> all(
      String id,
      String appId,
      String owner,
      @Nullable String systemId,
      @Nullable String archiveSystem) {
    Map<String, String> links = new LinkedHashMap<>();
    links.put("self", job(id));
    if (root != null) {
      links.put("app", service("apps", appId));
      if (systemId != null) {
        links.put("executionSystem", service("systems", systemId));
      }
      if (archiveSystem != null) {
        links.put("archiveSystem", service("systems", archiveSystem));
      }
    }
    links.put("archiveData", outputs(id));
    if (root != null) {
      links.put("owner", service("profiles", owner));
    }
    links.put("permissions", job(id) + "/pems");
    links.put("history", job(id) + "/history");
    if (root != null) {
      String query = PercentEncoding.encode("{\"associationIds\":\"" + id + "\"}");
      links.put("metadata", service("meta", "data") + "/?q=" + query);
      links.put(
          "notifications",
          service("notifications", "") + "?associatedUuid=" + PercentEncoding.encode(id));
    }
    return links;
  }

  private String service(String name, String resource) {
    return root + "/" + name + "/" + version + "/" + PercentEncoding.encode(resource);
  }
}
