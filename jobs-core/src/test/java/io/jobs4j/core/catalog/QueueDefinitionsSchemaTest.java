package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema for editors says what the reader does, as far as a schema can. */
class QueueDefinitionsSchemaTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final JsonSchema SCHEMA = FACTORY.getSchema(QueueDefinitions.schema());

  private enum Verdict {
    GOOD(true, true),
    BAD(false, false),
    /** Bad by a rule that a schema cannot express. */
    BAD_TO_THE_READER_ONLY(true, false);

    private final boolean schema;
    private final boolean reader;

    Verdict(boolean schema, boolean reader) {
      this.schema = schema;
      this.reader = reader;
    }
  }

  /** A document with one queue. */
  private static Arguments queue(Verdict verdict, String why, String fields) {
    return file(verdict, why, "{'tenantId':'acme','queues':[{" + fields + "}]}");
  }

  /** A document with {@code '} for quotes and {@code ...} for what the names begin with. */
  private static Arguments file(Verdict verdict, String why, String json) {
    return arguments(
        verdict, why, json.replace('\'', '"').replace("...", "aloe.jobq.acme.submit."));
  }

  private static Arguments name(Verdict verdict, String why, String name) {
    return queue(verdict, why, "'name':'" + name + "','priority':2,'filter':'archive'");
  }

  private static Arguments tenant(Verdict verdict, String why, String tenant) {
    return file(verdict, why, "{'tenantId':'" + tenant + "','queues':[]}");
  }

  /** With a value for one field beside those that are needed. */
  private static Arguments with(Verdict verdict, String why, String field) {
    return queue(verdict, why, "'name':'...a','priority':2,'filter':'archive'," + field);
  }

  private static Arguments priority(Verdict verdict, String why, String priority) {
    return queue(verdict, why, "'name':'...a','filter':'archive','priority':" + priority);
  }

  private static Arguments filter(Verdict verdict, String why, String filter) {
    return queue(verdict, why, "'name':'...a','priority':2,'filter':" + filter);
  }

  static Stream<Arguments> documents() {
    Verdict good = Verdict.GOOD;
    Verdict bad = Verdict.BAD;
    Verdict readerOnly = Verdict.BAD_TO_THE_READER_ONLY;
    String longest = "n".repeat(255 - "aloe.jobq.acme.submit.".length());
    String emoji = "\uD83D\uDE00";
    List<Arguments> documents = new ArrayList<>();
    documents.addAll(
        List.of(
            file(good, "no queues", "{'tenantId':'acme','queues':[]}"),
            file(bad, "an array", "[]"),
            file(bad, "empty", "{}"),
            file(bad, "queues missing", "{'tenantId':'acme'}"),
            file(bad, "queues null", "{'tenantId':'acme','queues':null}"),
            file(bad, "queues an object", "{'tenantId':'acme','queues':{}}"),
            file(bad, "a queue that is null", "{'tenantId':'acme','queues':[null]}"),
            file(bad, "a queue that is a string", "{'tenantId':'acme','queues':['...a']}"),
            file(bad, "tenantId missing", "{'queues':[]}"),
            file(bad, "tenantId null", "{'tenantId':null,'queues':[]}"),
            file(bad, "tenantId a number", "{'tenantId':1,'queues':[]}"),
            file(bad, "an unknown field", "{'tenantId':'acme','queues':[],'color':1}"),
            file(bad, "an unknown null", "{'tenantId':'acme','queues':[],'color':null}"),
            file(
                good,
                "fields without use",
                """
                {'tenantId':'acme','exchange':'e','description':null,'comments':['c'],'uuid':{},
                 'maxMessages':1,'created':'c','createdBy':'c','lastUpdated':true,'queues':[]}
                """),
            file(
                readerOnly,
                "a field twice: most readers of JSON keep one",
                "{'tenantId':'acme','tenantId':'acme','queues':[]}"),
            tenant(good, "tenant with all characters", "Az.09_:-"),
            tenant(good, "tenant of 24", "t".repeat(24)),
            tenant(bad, "tenant of 25", "t".repeat(25)),
            tenant(bad, "tenant empty", ""),
            tenant(bad, "tenant blank", " "),
            tenant(bad, "tenant with a slash", "a/b"),
            tenant(bad, "tenant with a letter that is not ASCII", "\u00e9"),
            tenant(bad, "tenant with a line separator", "acme\\u2028"),
            tenant(bad, "tenant with a line end", "acme\\n")));
    documents.addAll(
        List.of(
            name(good, "name", "...a"),
            name(good, "name with all characters", "...Az09_:-"),
            name(good, "name that ends as the default's", "...MyDefaultQueue"),
            name(good, "name in other case than the default's", "...defaultQueue"),
            name(good, "name of 255", "..." + longest),
            name(bad, "name of 256", "..." + longest + "n"),
            name(bad, "name empty", ""),
            name(bad, "name without its last part", "..."),
            name(bad, "name with a period in the last part", "...b.c"),
            name(bad, "name with a space", "...b c"),
            name(bad, "name with a line end", "...b\\n"),
            name(bad, "name with a letter that is not ASCII", "...\u00e9"),
            name(bad, "name with something before it", "x...a"),
            name(bad, "name of Tapis", "tapis.jobq.submit.a"),
            name(readerOnly, "name of another tenant", "aloe.jobq.other.submit.a"),
            file(
                good,
                "name of a tenant with all characters",
                """
                {'tenantId':'Az.09_:-','queues':[
                  {'name':'aloe.jobq.Az.09_:-.submit.a','priority':2,'filter':'archive'}]}
                """),
            queue(bad, "name missing", "'priority':2,'filter':'archive'"),
            queue(bad, "name null", "'name':null,'priority':2,'filter':'archive'"),
            queue(bad, "name a number", "'name':7,'priority':2,'filter':'archive'"),
            with(good, "the file's tenant again", "'tenantId':'acme'"),
            with(good, "tenant of a queue null", "'tenantId':null"),
            with(good, "tenant of a queue empty", "'tenantId':''"),
            with(bad, "tenant of a queue blank", "'tenantId':' '"),
            with(bad, "tenant of a queue of 25", "'tenantId':'" + "t".repeat(25) + "'"),
            with(bad, "tenant of a queue a number", "'tenantId':1"),
            with(readerOnly, "another tenant", "'tenantId':'other'"),
            with(bad, "an unknown field of a queue", "'workers':1"),
            with(bad, "a field of the file", "'queues':[]"),
            with(
                good,
                "fields of a queue without use",
                """
                'exchange':'e','description':null,'comments':['c'],'uuid':{},'maxMessages':1,
                'created':'c','createdBy':'c','lastUpdated':true
                """),
            with(readerOnly, "a field of a queue twice", "'priority':2")));
    documents.addAll(
        List.of(
            priority(good, "priority 2", "2"),
            priority(good, "priority 2147483647", "2147483647"),
            priority(bad, "priority 2147483648", "2147483648"),
            priority(bad, "priority 0", "0"),
            priority(bad, "priority -1", "-1"),
            priority(bad, "priority null", "null"),
            priority(bad, "priority a string", "'2'"),
            priority(bad, "priority 2.5", "2.5"),
            priority(readerOnly, "priority 4.0, which is an integer to a schema", "4.0"),
            priority(readerOnly, "priority 4e0, which is an integer to a schema", "4e0"),
            priority(bad, "priority of the default", "1"),
            queue(bad, "priority missing", "'name':'...a','filter':'archive'"),
            queue(good, "default", "'name':'...DefaultQueue','priority':1,'filter':'archive'"),
            queue(bad, "default 2", "'name':'...DefaultQueue','priority':2,'filter':'archive'"),
            queue(bad, "default 0", "'name':'...DefaultQueue','priority':0,'filter':'archive'"),
            with(good, "1 worker", "'numWorkers':1"),
            with(good, "255 workers", "'numWorkers':255"),
            with(good, "workers null", "'numWorkers':null"),
            with(bad, "no worker", "'numWorkers':0"),
            with(bad, "256 workers", "'numWorkers':256"),
            with(bad, "workers a string", "'numWorkers':'4'"),
            with(bad, "1.5 workers", "'numWorkers':1.5"),
            with(readerOnly, "4.0 workers, which is an integer to a schema", "'numWorkers':4.0")));
    documents.addAll(
        List.of(
            filter(good, "filter", "'nodeCount > 4 AND NOT archive'"),
            filter(good, "filter with letters that are not ASCII", "'\u00e9 = 1'"),
            filter(good, "filter of 4096", "'archive" + " ".repeat(4089) + "'"),
            filter(bad, "filter of 4097", "'archive" + " ".repeat(4090) + "'"),
            filter(bad, "filter empty", "''"),
            filter(bad, "filter null", "null"),
            filter(bad, "filter a boolean", "true"),
            filter(bad, "filter with a tab", "'archive\\tOR archive'"),
            filter(bad, "filter with a line end", "'archive\\n'"),
            filter(bad, "filter with a control character of Latin 1", "'archive\\u0085'"),
            filter(bad, "filter with NUL", "'archive\\u0000'"),
            queue(bad, "filter missing", "'name':'...a','priority':2"),
            filter(readerOnly, "filter blank, which is no selector", "'  '"),
            filter(readerOnly, "filter that is no selector", "'nodeCount >'"),
            filter(
                readerOnly,
                "filter of 4096 code points in more chars",
                "'archive OR name = " + "\\u0027" + emoji + "x".repeat(4075) + "\\u0027'"),
            queues(
                good,
                "two queues",
                "{'name':'...a','priority':2,'filter':'archive'}",
                "{'name':'...b','priority':3,'filter':'archive'}"),
            queues(
                readerOnly,
                "a name twice",
                "{'name':'...a','priority':2,'filter':'archive'}",
                "{'name':'...a','priority':3,'filter':'archive'}"),
            queues(
                readerOnly,
                "a priority twice",
                "{'name':'...a','priority':2,'filter':'archive'}",
                "{'name':'...b','priority':2,'filter':'archive'}")));
    return documents.stream();
  }

  private static Arguments queues(Verdict verdict, String why, String one, String other) {
    return file(verdict, why, "{'tenantId':'acme','queues':[" + one + "," + other + "]}");
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("documents")
  void schemaAndReaderAgree(Verdict verdict, String why, String json) throws IOException {
    Set<ValidationMessage> bySchema = SCHEMA.validate(MAPPER.readTree(json));
    InvalidDefinitionException byReader = refusal(json);

    if (verdict.schema) {
      assertThat(bySchema).as("what the schema says").isEmpty();
    } else {
      assertThat(bySchema).as("what the schema says").isNotEmpty();
    }
    if (verdict.reader) {
      assertThat(byReader).as("what the reader says").isNull();
    } else {
      assertThat(byReader).as("what the reader says").isNotNull();
    }
  }

  @Test
  void theSchemaIsOneOfTheDraftThatItNames() throws IOException {
    JsonSchema draft = FACTORY.getSchema(SchemaLocation.of(SchemaId.V202012));

    assertThat(MAPPER.readTree(QueueDefinitions.schema()).path("$schema").asText())
        .isEqualTo(SchemaId.V202012);
    assertThat(draft.validate(QueueDefinitions.schema(), InputFormat.JSON)).isEmpty();
    assertThat(
            draft.validate(
                QueueDefinitions.schema().replace("\"minimum\": 1", "\"minimum\": \"1\""),
                InputFormat.JSON))
        .as("what the draft says about a schema that is wrong")
        .isNotEmpty();
  }

  @Test
  void schemaAndReaderKnowTheSameFields() throws IOException {
    JsonNode schema = MAPPER.readTree(QueueDefinitions.schema());
    String message = refusal("{\"tenantId\":\"acme\",\"queues\":[{\"x\":1}],\"x\":1}").getMessage();

    assertThat(message)
        .contains("queues[0].x is not a known field; known are " + names(schema.at("/$defs/queue")))
        .contains("  acme.json: x is not a known field; known are " + names(schema));
  }

  private static String names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    ((ObjectNode) object.get("properties")).fieldNames().forEachRemaining(names::add);
    return String.join(", ", names);
  }

  private static InvalidDefinitionException refusal(String json) {
    return catchThrowableOfType(
        InvalidDefinitionException.class,
        () -> QueueDefinitions.parse("acme.json", json, List.of()));
  }
}
