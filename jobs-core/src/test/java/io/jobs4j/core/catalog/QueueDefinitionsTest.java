package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.TenantQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueDefinitionsTest {
  private static final TenantQueue DEFAULT = queue("DefaultQueue", 1, "tenant IS NOT NULL");
  private static final TenantQueue SMALL = queue("small", 2, "nodeCount < 4");
  private static final TenantQueue LARGE = queue("large", 3, "nodeCount >= 4");
  private static final List<TenantQueue> EXISTING = List.of(DEFAULT, SMALL, LARGE);

  private static TenantQueue queue(String name, int priority, String filter) {
    return new TenantQueue("aloe.jobq.acme.submit." + name, "acme", priority, filter, 4);
  }

  private static String object(String name, int priority, String filter) {
    return "{\"name\":\"aloe.jobq.acme.submit.%s\",\"priority\":%d,\"filter\":\"%s\"}"
        .formatted(name, priority, filter);
  }

  private static String file(String... queues) {
    return "{\"tenantId\":\"acme\",\"queues\":[" + String.join(",", queues) + "]}";
  }

  private static List<TenantQueue> parse(String json, Collection<TenantQueue> existing) {
    return QueueDefinitions.parse("acme.json", json, existing);
  }

  private static List<DefinitionProblem> problemsOf(ThrowingCallable call) {
    InvalidDefinitionException e = catchThrowableOfType(InvalidDefinitionException.class, call);
    assertThat(e).as("the definitions are refused").isNotNull();
    return e.problems();
  }

  private static List<String> problems(String json, Collection<TenantQueue> existing) {
    return problemsOf(() -> parse(json, existing)).stream()
        .map(DefinitionProblem::toString)
        .toList();
  }

  private static List<String> problems(String json) {
    return problems(json, List.of());
  }

  @Test
  void readsEveryField() {
    assertThat(
            parse(
                """
                {"tenantId":"acme","exchange":"e","description":"d","queues":[
                  {"name":"aloe.jobq.acme.submit.short:1","tenantId":"acme","priority":2147483647,
                   "filter":"maxMinutes BETWEEN 1 AND 30","numWorkers":255,"maxMessages":9,
                   "createdBy":"admin"}]}
                """,
                List.of()))
        .containsExactly(
            new TenantQueue(
                "aloe.jobq.acme.submit.short:1",
                "acme",
                Integer.MAX_VALUE,
                "maxMinutes BETWEEN 1 AND 30",
                255));
  }

  @Test
  void aFileMayHaveNoQueues() {
    assertThat(parse(file(), EXISTING)).isEmpty();
  }

  /** The name is the key: what the file has of a queue replaces all that it was. */
  @Test
  void updatesByName() {
    TenantQueue wide =
        new TenantQueue("aloe.jobq.acme.submit.large", "acme", 3, "nodeCount >= 4", 200);

    assertThat(
            parse(
                file(object("large", 3, "nodeCount > 64"), object("new", 4, "archive")),
                List.of(DEFAULT, wide)))
        .containsExactly(queue("large", 3, "nodeCount > 64"), queue("new", 4, "archive"));
  }

  @Test
  void queuesOfOneFileMaySwapTheirPriorities() {
    assertThat(parse(file(object("small", 3, "archive"), object("large", 2, "archive")), EXISTING))
        .containsExactly(queue("small", 3, "archive"), queue("large", 2, "archive"));
  }

  @Test
  void aNewQueueMayTakeThePriorityThatAnUpdateSetsFree() {
    assertThat(parse(file(object("new", 3, "archive"), object("large", 7, "archive")), EXISTING))
        .containsExactly(queue("new", 3, "archive"), queue("large", 7, "archive"));
  }

  @Test
  void thePriorityOfAnotherQueueOfTheTenantIsRefused() {
    assertThat(problems(file(object("new", 3, "archive")), EXISTING))
        .containsExactly(
            "acme.json: A priority of value 3 cannot be re-assigned to queue"
                + " aloe.jobq.acme.submit.new in tenant acme. Please choose unique priorities for"
                + " queues in the same tenant.");
    assertThat(problems(file(object("small", 3, "archive")), EXISTING)).hasSize(1);
  }

  @Test
  void prioritiesOfOtherTenantsDoNotMatter() {
    TenantQueue theirs = new TenantQueue("aloe.jobq.other.submit.a", "other", 9, "archive", 4);

    assertThat(parse(file(object("new", 9, "archive")), List.of(theirs)))
        .containsExactly(queue("new", 9, "archive"));
  }

  @Test
  void aQueueStaysWithItsTenant() {
    TenantQueue theirs = new TenantQueue("aloe.jobq.acme.submit.a", "other", 9, "archive", 4);

    assertThat(problems(file(object("a", 8, "archive")), List.of(theirs)))
        .containsExactly(
            "acme.json: Failed to update queue aloe.jobq.acme.submit.a because its current tenant"
                + " other does not match new tenant acme.");
  }

  @Test
  void aQueueIsOfTheTenantOfItsFile() {
    assertThat(
            problems(
                file(
                    object("a", 2, "archive").replace("{", "{\"tenantId\":\"other\","),
                    "{\"tenantId\":\"other\",\"priority\":3,\"filter\":\"archive\"}")))
        .containsExactly(
            "acme.json: Queue aloe.jobq.acme.submit.a is defined in file acme.json with tenant id"
                + " other instead of acme.",
            "acme.json: Encountered unnamed queue definition in file acme.json.",
            "acme.json: Queue queues[1] is defined in file acme.json with tenant id other instead"
                + " of acme.");
  }

  @ParameterizedTest
  @CsvSource({"''", "\"name\":null", "\"name\":\"\""})
  void aQueueHasAName(String name) {
    String queue = "{%s\"priority\":2,\"filter\":\"archive\"}";

    assertThat(
            problemsOf(
                () -> parse(file(queue.formatted(name.isEmpty() ? "" : name + ",")), List.of())))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.message())
                  .isEqualTo("Encountered unnamed queue definition in file acme.json.");
              assertThat(it.file()).isEqualTo("acme.json");
              assertThat(it.field()).isEqualTo("queues[0].name");
              assertThat(it.expected()).isEqualTo("must be a string of 1 to 255 characters");
            });
  }

  @ParameterizedTest
  @CsvSource({"''", "\"tenantId\":null", "\"tenantId\":\"\""})
  void aFileHasATenant(String tenant) {
    String json = "{%s\"queues\":[]}".formatted(tenant.isEmpty() ? "" : tenant + ",");

    assertThat(problemsOf(() -> parse(json, List.of())))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.message())
                  .isEqualTo("No tenant ID configured in exchange definition acme.json.");
              assertThat(it.field()).isEqualTo("tenantId");
              assertThat(it.expected()).isEqualTo("must be a string of 1 to 24 characters");
            });
  }

  @Test
  void theQueuesOfAFileWithoutTenantAreStillChecked() {
    assertThat(problems("{\"queues\":[" + object("a", 2, "1 +") + "]}"))
        .containsExactly(
            "acme.json: No tenant ID configured in exchange definition acme.json.",
            "acme.json: queues[0].filter is \"1 +\"; it must be a selector: expected a name or a"
                + " value at character 4, but found the end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nodeCount > | expected a name or a value at character 12, but found the end",
        "owner = 'x | expected the quote that ends the string from character 9 at character 11, but found the end",
        "a == 1 | expected a name or a value at character 4, but found \"=\"",
        "nodeCount + 1 | expected a condition as a whole at character 1, but found a number",
      })
  void aFilterIsASelectorAndTheMessageTellsWhereItIsNot(String filter, String problem) {
    assertThat(problemsOf(() -> parse(file(object("a", 2, filter)), List.of())))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.field()).isEqualTo("queues[0].filter");
              assertThat(it.value()).isEqualTo('"' + filter + '"');
              assertThat(it.expected()).isEqualTo("must be a selector: " + problem);
            });
  }

  @Test
  void lengthsHaveLimits() {
    String segment = "n".repeat(255 - "aloe.jobq.acme.submit.".length());
    String filter = "a" + " ".repeat(4094) + "b";
    String longestFilter = "archive" + " ".repeat(4096 - "archive".length());
    String tenant = "t".repeat(24);

    assertThat(parse(file(object(segment, 2, longestFilter)), List.of()))
        .containsExactly(queue(segment, 2, longestFilter));
    assertThat(parse(file(object("a", 2, "archive")).replace("acme", tenant), List.of()))
        .extracting(TenantQueue::tenantId)
        .containsExactly(tenant);

    assertThat(problems(file(object(segment + "n", 2, filter + "c"))))
        .satisfiesExactly(
            it ->
                assertThat(it)
                    .startsWith("acme.json: queues[0].name is \"aloe.jobq.acme.submit.nnn")
                    .endsWith("nnn...; it must have at most 255 characters and no NUL")
                    .hasSizeLessThan(250),
            it ->
                assertThat(it)
                    .startsWith("acme.json: queues[0].filter is \"a  ")
                    .endsWith("...; it must have at most 4096 characters and no NUL")
                    .hasSizeLessThan(250));
    assertThat(problems("{\"tenantId\":\"%st\",\"queues\":[]}".formatted(tenant)))
        .containsExactly(
            "acme.json: tenantId is \"%st\"; it must have at most 24 characters and no NUL"
                .formatted(tenant));
  }

  @Test
  void tellsAllProblemsOfAFileTogether() {
    assertThat(
            problems(
                file(
                    object("DefaultQueue", 2, "archive"),
                    object("a", 1, "'x'"),
                    object("b", 0, "archive"),
                    object("small", 5, "archive"),
                    object("small", 6, "archive"),
                    object("c d", 7, "archive"),
                    object("e", 3, "archive").replace("}", ",\"numWorkers\":0,\"color\":1}")),
                EXISTING))
        .containsExactly(
            "acme.json: queues[2].priority is 0; it must be a whole number from 1",
            "acme.json: queues[6].numWorkers is 0; it must be a whole number from 1 to 255",
            "acme.json: queues[6].color is not a known field; known are comments, created,"
                + " createdBy, description, exchange, filter, lastUpdated, maxMessages, name,"
                + " numWorkers, priority, tenantId, uuid",
            "acme.json: queues[1].filter is \"'x'\"; it must be a selector: expected a condition as"
                + " a whole at character 1, but found a string",
            "acme.json: queues[4].name is \"aloe.jobq.acme.submit.small\"; it must be different for"
                + " each queue",
            "acme.json: queues[5].name is \"aloe.jobq.acme.submit.c d\"; it must be"
                + " \"aloe.jobq.acme.submit.\" and letters, digits, hyphens, underscores or colons,"
                + " at most 255 characters in all",
            "acme.json: The tenant default queue aloe.jobq.acme.submit.DefaultQueue must be assigned"
                + " priority 1.",
            "acme.json: The tenant non-default queue aloe.jobq.acme.submit.a cannot be assigned"
                + " priority 1.",
            "acme.json: A priority of value 3 cannot be re-assigned to queue"
                + " aloe.jobq.acme.submit.e in tenant acme. Please choose unique priorities for"
                + " queues in the same tenant.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | must hold one JSON object",
        "[] | must hold one JSON object",
        "{'tenantId':'acme','queues':[]} 1 | must be valid JSON; it is not at line 1, column 33",
        "{'tenantId':'acme','tenantId':'acme'} | must be valid JSON; it is not at line 1, column 30",
        "{'tenantId':'acme'} | queues must be an array of queues",
        "{'tenantId':'acme','queues':{}} | queues must be an array of objects",
        "{'tenantId':'acme','queues':[7]} | queues[0] must be an object",
      })
  void aFileIsOneObject(String json, String problem) {
    assertThat(problems(json.replace('\'', '"'))).containsExactly("acme.json: " + problem);
  }

  @Test
  void whatExistsIsNotChanged() {
    List<TenantQueue> existing = new ArrayList<>(EXISTING);

    parse(file(object("small", 8, "archive"), object("new", 9, "archive")), existing);
    assertThat(existing).isEqualTo(EXISTING);

    problems(file(object("small", 8, "archive"), object("new", 3, "archive")), existing);
    assertThat(existing).isEqualTo(EXISTING);
  }

  @Test
  void programsDefineQueuesByTheSameRules() {
    assertThat(catalog(LARGE, DEFAULT, SMALL).tenantQueues("acme"))
        .containsExactly(LARGE, SMALL, DEFAULT);
    String longTenant = "t".repeat(25);

    assertThat(
            problemsOf(
                    () ->
                        catalog(
                            new TenantQueue("a", "acme", 2, "archive", 4),
                            queue("DefaultQueue", 4, "archive"),
                            queue("b", 1, "archive"),
                            queue("c", 0, ""),
                            new TenantQueue("aloe.jobq.acme.submit.d", "acme", 2, "archive", 256),
                            new TenantQueue(
                                "aloe.jobq." + longTenant + ".submit.e",
                                longTenant,
                                2,
                                "archive",
                                1)))
                .stream()
                .map(DefinitionProblem::toString))
        .containsExactly(
            "queue a: name is \"a\"; it must be \"aloe.jobq.acme.submit.\" and letters, digits,"
                + " hyphens, underscores or colons, at most 255 characters in all",
            "queue aloe.jobq.acme.submit.c: filter is \"\"; it must be a selector: expected a name"
                + " or a value at character 1, but found the end",
            "queue aloe.jobq.acme.submit.d: numWorkers is 256; it must be a whole number from 1 to"
                + " 255",
            "queue aloe.jobq.%s.submit.e: tenantId is \"%s\"; it must be 1 to 24 letters, digits,"
                    .formatted(longTenant, longTenant)
                + " hyphens, underscores, periods or colons",
            "queue aloe.jobq.acme.submit.DefaultQueue: The tenant default queue"
                + " aloe.jobq.acme.submit.DefaultQueue must be assigned priority 1.",
            "queue aloe.jobq.acme.submit.b: The tenant non-default queue aloe.jobq.acme.submit.b"
                + " cannot be assigned priority 1.",
            "queue aloe.jobq.acme.submit.c: priority is 0; it must be a whole number from 1",
            "queue aloe.jobq.acme.submit.d: A priority of value 2 cannot be re-assigned to queue"
                + " aloe.jobq.acme.submit.d in tenant acme. Please choose unique priorities for"
                + " queues in the same tenant.");
  }

  private static DefinitionCatalog catalog(TenantQueue... queues) {
    return DefinitionCatalog.of(List.of(), List.of(), List.of(), List.of(queues));
  }
}
