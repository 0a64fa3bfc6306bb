package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.SchemaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schemas of apps and systems say what the readers do, as far as a schema can, and hold for
 * every definition that is shown to anybody.
 */
class DefinitionSchemasTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern JSON_BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  private static final String APP =
      """
      {'name':'wc','version':'1.00','executionSystem':'local','deploymentPath':'apps/wc',
       'templatePath':'wrapper.sh'}
      """;
  private static final String STORE =
      "{'id':'store','type':'STORAGE','storage':{'protocol':'LOCAL','rootDir':'files'}}";
  private static final String CLUSTER =
      """
      {'id':'cluster','type':'EXECUTION','scheduler':'SLURM',
       'login':{'protocol':'SSH','host':'h'},
       'storage':{'protocol':'SFTP','host':'h','rootDir':'/'}}
      """;

  private enum Verdict {
    GOOD(true, true),
    BAD(false, false),
    /** Bad by a rule that the schema does not have. */
    BAD_TO_THE_READER_ONLY(true, false),
    /** Bad in what the reader does not look at. */
    BAD_TO_THE_SCHEMA_ONLY(false, true);

    private final boolean schema;
    private final boolean reader;

    Verdict(boolean schema, boolean reader) {
      this.schema = schema;
      this.reader = reader;
    }
  }

  private static final Verdict GOOD = Verdict.GOOD;
  private static final Verdict BAD = Verdict.BAD;
  private static final Verdict READER = Verdict.BAD_TO_THE_READER_ONLY;
  private static final Verdict SCHEMA = Verdict.BAD_TO_THE_SCHEMA_ONLY;

  /** Everything that one field may be, one verdict after the other. */
  private static Stream<Arguments> values(String base, String path, Object... verdictsAndValues) {
    List<Arguments> documents = new ArrayList<>();
    for (int i = 0; i < verdictsAndValues.length; i += 2) {
      documents.add(
          with((Verdict) verdictsAndValues[i], base, path, (String) verdictsAndValues[i + 1]));
    }
    return documents.stream();
  }

  /**
   * A document with {@code '} for quotes in which one field has another value.
   *
   * @param path names of objects with periods between them, that of the field last
   * @param value JSON; {@code -} for no such field
   */
  private static Arguments with(Verdict verdict, String base, String path, String value) {
    ObjectNode document = (ObjectNode) json(base);
    ObjectNode object = document;
    List<String> names = List.of(path.split("\\."));
    for (String name : names.subList(0, names.size() - 1)) {
      object = object.withObject("/" + name);
    }
    String field = names.get(names.size() - 1);
    if (value.equals("-")) {
      object.remove(field);
    } else {
      object.set(field, json(value));
    }
    return arguments(verdict, path + ": " + shortened(value), document.toString());
  }

  /** A document with more fields, or other values of them. */
  private static Arguments and(Verdict verdict, String why, String base, String fields) {
    ObjectNode document = (ObjectNode) json(base);
    document.setAll((ObjectNode) json("{" + fields + "}"));
    return arguments(verdict, why, document.toString());
  }

  private static Arguments parameter(Verdict verdict, String why, String parameter) {
    return and(verdict, why, APP, "'parameters':[" + parameter + "]");
  }

  private static Arguments input(Verdict verdict, String why, String input) {
    return and(verdict, why, APP, "'inputs':[" + input + "]");
  }

  private static Arguments queue(Verdict verdict, String why, String queue) {
    return and(verdict, why, CLUSTER, "'queues':[" + queue + "]");
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }

  private static String text(int length) {
    return "'" + "x".repeat(length) + "'";
  }

  private static JsonNode json(String text) {
    try {
      return Schemas.MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A required line of at most so many characters. */
  private static Stream<Arguments> requiredLine(String base, String path, int longest) {
    return Stream.concat(
        values(base, path, BAD, "-", BAD, "null", BAD, "''"), line(base, path, longest));
  }

  /** A line of at most so many characters, or none. */
  private static Stream<Arguments> optionalLine(String base, String path, int longest) {
    return Stream.concat(
        values(base, path, GOOD, "-", GOOD, "null", GOOD, "''"), line(base, path, longest));
  }

  private static Stream<Arguments> line(String base, String path, int longest) {
    return values(
        base,
        path,
        GOOD,
        "'a b'",
        GOOD,
        "'\u00e9\u00a0'",
        GOOD,
        text(longest),
        BAD,
        text(longest + 1),
        BAD,
        "7",
        BAD,
        "['a']",
        BAD,
        "' '",
        BAD,
        "'\\u2028'",
        BAD,
        "'a\\n'",
        BAD,
        "'a\\u0000'",
        BAD,
        "'a\\u0085b'");
  }

  private static Stream<Arguments> path(String base, String path) {
    return values(
        base,
        path,
        GOOD,
        "'/a/b'",
        GOOD,
        "'a/./b..c/...'",
        GOOD,
        "'a b~c$'",
        GOOD,
        "'.'",
        GOOD,
        "'a\\nb'",
        GOOD,
        text(255),
        BAD,
        text(256),
        BAD,
        "'..'",
        BAD,
        "'a/../b'",
        BAD,
        "'a/..'",
        BAD,
        "'../a'",
        BAD,
        "'~/a'",
        BAD,
        "'/~a'",
        BAD,
        "'a/$HOME'",
        BAD,
        "'${A}'",
        BAD,
        "'$(a)'",
        BAD,
        "'a\\u0000'",
        BAD,
        "7",
        BAD,
        "{}");
  }

  private static Stream<Arguments> flag(String base, String path) {
    return values(
        base, path, GOOD, "true", GOOD, "false", GOOD, "'true'", GOOD, "'false'", GOOD, "null", BAD,
        "'TRUE'", BAD, "''", BAD, "1", BAD, "[]");
  }

  private static Stream<Arguments> limit(String base, String path) {
    return values(
        base,
        path,
        GOOD,
        "null",
        GOOD,
        "-1",
        GOOD,
        "1",
        GOOD,
        "2147483647",
        BAD,
        "0",
        BAD,
        "-2",
        BAD,
        "1.5",
        BAD,
        "'1'",
        BAD,
        "2147483648",
        READER,
        "2.0");
  }

  private static Stream<Arguments> count(String base, String path) {
    return values(
        base,
        path,
        GOOD,
        "null",
        GOOD,
        "1",
        GOOD,
        "2147483647",
        BAD,
        "0",
        BAD,
        "-1",
        BAD,
        "1.5",
        BAD,
        "'1'",
        BAD,
        "2147483648",
        READER,
        "2.0");
  }

  private static Stream<Arguments> memory(String base, String path) {
    return values(
        base,
        path,
        GOOD,
        "null",
        GOOD,
        "1",
        GOOD,
        "0.5",
        GOOD,
        "'2'",
        GOOD,
        "'2GB'",
        GOOD,
        "'1.5 tb'",
        GOOD,
        "'.5EB'",
        GOOD,
        "'10KB'",
        BAD,
        "0",
        BAD,
        "-2",
        BAD,
        "''",
        BAD,
        "'0'",
        BAD,
        "'0.0GB'",
        BAD,
        "'GB'",
        BAD,
        "'2  GB'",
        BAD,
        "'2B'",
        BAD,
        "'1.GB'",
        BAD,
        "'2GB '",
        BAD,
        "true",
        BAD,
        "{}");
  }

  private static Stream<Arguments> runTime(String base, String path) {
    return values(
        base,
        path,
        GOOD,
        "null",
        GOOD,
        "''",
        GOOD,
        "'00:00:01'",
        GOOD,
        "'9999:59:59'",
        BAD,
        "'00:00:00'",
        BAD,
        "'0:00:00'",
        BAD,
        "'10000:00:00'",
        BAD,
        "'01:60:00'",
        BAD,
        "'01:00'",
        BAD,
        "'01:00:00\\n'",
        BAD,
        "'24h'",
        BAD,
        "3600");
  }

  private static Stream<Arguments> word(String base, String path, String... words) {
    return Stream.concat(
        Arrays.stream(words)
            .flatMap(
                it ->
                    values(
                        base,
                        path,
                        GOOD,
                        "'" + it + "'",
                        GOOD,
                        "'" + it.toLowerCase(Locale.ROOT) + "'",
                        BAD,
                        "'" + it + "X'",
                        BAD,
                        "' " + it + "'")),
        values(base, path, BAD, "7", BAD, "['" + words[0] + "']", BAD, "'?'"));
  }

  static Stream<Arguments> apps() {
    String alternative = APP.replace("templatePath", "executablePath");
    String string = "'type':'string'";
    return Stream.of(
            Stream.of(
                arguments(BAD, "an array", "[]"),
                arguments(BAD, "empty", "{}"),
                arguments(GOOD, "the least", json(APP).toString()),
                arguments(GOOD, "executablePath alone", json(alternative).toString()),
                and(BAD, "an unknown field", APP, "'colour':'red'"),
                and(BAD, "an unknown null", APP, "'colour':null"),
                arguments(
                    READER,
                    "memory with an exponent",
                    json(APP).toString().replaceFirst("\\{", "{\"defaultMemory\":1E+2,")),
                and(READER, "an id that is another", APP, "'id':'wc-1'"),
                and(GOOD, "its id", APP, "'id':'wc-1.00'"),
                and(
                    GOOD,
                    "fields without use",
                    APP,
                    """
                    'icon':1,'helpURI':[],'label':{},'shortDescription':null,'longDescription':'',
                    'author':'a','datePublished':'','tags':[],'ontology':[],'testPath':'t',
                    'checkpointable':'true','outputs':[],'isPublic':1,'public':2,'revision':3,
                    'created':4,'lastModified':5,'lastUpdated':6,'_links':{}
                    """),
                with(BAD, APP, "templatePath", "-"),
                with(BAD, APP, "templatePath", "null"),
                with(BAD, APP, "templatePath", "''"),
                with(BAD, APP, "deploymentPath", "-"),
                with(BAD, APP, "deploymentPath", "null"),
                with(BAD, APP, "deploymentPath", "''"),
                and(SCHEMA, "the older name of two is wrong", APP, "'executablePath':'..'"),
                and(SCHEMA, "an older name is wrong", APP, "'defaultNodes':0,'defaultNodeCount':1"),
                and(GOOD, "modules", APP, "'modules':['purge','load \u00e9','']"),
                and(GOOD, "no modules", APP, "'modules':null"),
                and(BAD, "modules in a string", APP, "'modules':'purge'"),
                and(BAD, "a module that is a number", APP, "'modules':[7]"),
                and(BAD, "a module of two lines", APP, "'modules':['a\\nb']")),
            requiredLine(APP, "name", 64),
            requiredLine(APP, "version", 16),
            requiredLine(APP, "executionSystem", 64),
            values(APP, "id", GOOD, "''", BAD, text(82), BAD, "7"),
            optionalLine(APP, "tenantId", 24),
            optionalLine(APP, "uuid", 64),
            optionalLine(APP, "owner", 64),
            optionalLine(APP, "deploymentSystem", 64),
            optionalLine(APP, "defaultQueue", 128),
            flag(APP, "available"),
            flag(APP, "publiclyAvailable"),
            word(APP, "executionType", "HPC", "CONDOR", "CLI", "ATMOSPHERE"),
            word(APP, "parallelism", "SERIAL", "PARALLEL", "PTHREAD"),
            values(APP, "parallelism", GOOD, "''", GOOD, "null"),
            path(APP, "deploymentPath"),
            path(APP, "templatePath"),
            path(alternative, "executablePath"),
            count(APP, "defaultNodeCount"),
            count(APP, "defaultNodes"),
            count(APP, "defaultProcessorsPerNode"),
            count(APP, "defaultProcessors"),
            memory(APP, "defaultMemoryPerNode"),
            values(APP, "defaultMemoryPerNode", BAD, "-1", BAD, "'-1'"),
            memory(APP, "defaultMemory"),
            runTime(APP, "defaultMaxRunTime"),
            values(APP, "maxJobs", GOOD, "-1", GOOD, "0", GOOD, "null", BAD, "-2", BAD, "'1'"),
            inputsAndParameters(string))
        .flatMap(it -> it);
  }

  /** Inputs and parameters. */
  private static Stream<Arguments> inputsAndParameters(String string) {
    return Stream.of(
        and(GOOD, "no inputs", APP, "'inputs':null,'parameters':[]"),
        and(BAD, "inputs in an object", APP, "'inputs':{}"),
        input(BAD, "an input that is a number", "7"),
        input(GOOD, "an input with its key alone", "{'id':'a'}"),
        input(GOOD, "an input with its older name", "{'key':'A.z_0-9'}"),
        input(BAD, "an input without a key", "{}"),
        input(BAD, "a key with a space", "{'id':'a b'}"),
        input(BAD, "a key that is empty", "{'id':''}"),
        input(BAD, "a key that is null", "{'id':null}"),
        input(BAD, "a key that is a number", "{'id':7}"),
        input(GOOD, "a key of 64", "{'id':" + text(64) + "}"),
        input(BAD, "a key of 65", "{'id':" + text(65) + "}"),
        input(READER, "two keys that are the same", "{'id':'a'},{'id':'a'}"),
        input(GOOD, "parts that are null", "{'id':'a','value':null,'details':null}"),
        input(BAD, "a part that is a number", "{'id':'a','value':7}"),
        input(BAD, "an unknown part", "{'id':'a','valeu':{}}"),
        input(BAD, "a field of value that is unknown", "{'id':'a','value':{'valeu':1}}"),
        input(BAD, "a field of details that is unknown", "{'id':'a','details':{'valeu':1}}"),
        input(BAD, "a field of semantics that is unknown", "{'id':'a','semantics':{'valeu':1}}"),
        input(BAD, "enum_values of an input", "{'id':'a','value':{'enum_values':['a']}}"),
        input(BAD, "type of an input beside its key", "{'id':'a','type':'string'}"),
        input(GOOD, "type of an input, which is not used", "{'id':'a','value':{'type':7}}"),
        input(
            GOOD,
            "all of an input in parts",
            """
            {'id':'a','value':{'default':['a','b'],'validator':'^a','required':true,'visible':'true',
             'order':-3,'enquote':1,'type':'x'},
             'details':{'label':1,'description':2,'argument':'-a ','showArgument':true,
             'repeatArgument':false},
             'semantics':{'minCardinality':0,'maxCardinality':-1,'ontology':[],'fileTypes':[]}}
            """),
        input(
            GOOD,
            "all of an input beside its key",
            """
            {'key':'a','defaultValue':'a','validator':null,'required':false,'visible':true,
             'order':1,'enquote':1,'label':1,'description':2,'argument':null,'showArgument':null,
             'repeatArgument':false,'minCardinality':1,'maxCardinality':2,'ontology':[],
             'fileTypes':[]}
            """),
        input(READER, "said twice", "{'id':'a','order':1,'value':{'order':1}}"),
        input(READER, "a validator that is no expression", "{'id':'a','validator':'('}"),
        input(BAD, "a validator that is a number", "{'id':'a','validator':7}"),
        input(BAD, "a validator of 4097", "{'id':'a','validator':" + text(4097) + "}"),
        input(BAD, "an order of 1.5", "{'id':'a','order':1.5}"),
        input(BAD, "an argument of 1025", "{'id':'a','argument':" + text(1025) + "}"),
        input(BAD, "required in words", "{'id':'a','value':{'required':'yes'}}"),
        input(BAD, "a negative cardinality", "{'id':'a','semantics':{'minCardinality':-1}}"),
        input(BAD, "no cardinality", "{'id':'a','semantics':{'maxCardinality':0}}"),
        input(
            READER,
            "a cardinality below the least",
            "{'id':'a','minCardinality':3,'maxCardinality':2}"),
        input(GOOD, "an empty default", "{'id':'a','value':{'default':''}}"),
        input(BAD, "a default that is a number", "{'id':'a','value':{'default':7}}"),
        input(BAD, "a default with a number in it", "{'id':'a','value':{'default':['a',7]}}"),
        input(BAD, "a default with null in it", "{'id':'a','defaultValue':[null]}"),
        input(READER, "fixed to nothing", "{'id':'a','required':true,'visible':false}"),
        parameter(BAD, "a parameter without a type", "{'id':'a'}"),
        parameter(BAD, "a type that is null", "{'id':'a','value':{'type':null}}"),
        parameter(BAD, "a type that is empty", "{'id':'a','type':''}"),
        parameter(BAD, "a type that is unknown", "{'id':'a','value':{'type':'text'}}"),
        parameter(GOOD, "a type in value", "{'id':'a','value':{" + string + "}}"),
        parameter(GOOD, "a type beside the key", "{'id':'a'," + string + "}"),
        parameter(
            GOOD, "a type beside the key and a value", "{'id':'a','value':{}," + string + "}"),
        parameter(READER, "two types", "{'id':'a'," + string + ",'value':{'type':'number'}}"),
        parameter(GOOD, "a string by default", "{'id':'a'," + string + ",'default':'a'}"),
        parameter(GOOD, "other scalars", "{'id':'a'," + string + ",'default':[1,true,'',1.5]}"),
        parameter(BAD, "an object by default", "{'id':'a'," + string + ",'default':{}}"),
        parameter(BAD, "null in a list", "{'id':'a'," + string + ",'default':[null]}"),
        parameter(GOOD, "a number", "{'id':'a','type':'number','default':1e3}"),
        parameter(
            GOOD, "a number in words", "{'id':'a','value':{'type':'NUMBER','default':'-1.50'}}"),
        parameter(GOOD, "numbers", "{'id':'a','type':'number','value':{'default':[1,'2']}}"),
        parameter(GOOD, "no number", "{'id':'a','type':'number','default':''}"),
        parameter(BAD, "an empty number in a list", "{'id':'a','type':'number','default':['']}"),
        parameter(BAD, "ten", "{'id':'a','type':'number','default':'ten'}"),
        parameter(BAD, "ten in value", "{'id':'a','type':'number','value':{'default':'ten'}}"),
        parameter(BAD, "true for a number", "{'id':'a','type':'number','default':true}"),
        parameter(BAD, "a number of 1e3 in words", "{'id':'a','type':'number','default':'1e3'}"),
        parameter(GOOD, "a boolean", "{'id':'a','type':'bool','default':false}"),
        parameter(GOOD, "booleans", "{'id':'a','type':'flag','default':['On',1,'0','FALSE']}"),
        parameter(BAD, "maybe", "{'id':'a','type':'bool','default':'maybe'}"),
        parameter(BAD, "2 for a boolean", "{'id':'a','value':{'type':'flag','default':2}}"),
        parameter(READER, "1.0 for a boolean", "{'id':'a','type':'flag','default':1.0}"),
        parameter(BAD, "an enumeration of nothing", "{'id':'a','type':'enumeration'}"),
        parameter(BAD, "an empty enumeration", "{'id':'a','type':'enumeration','enumValues':[]}"),
        parameter(
            BAD,
            "an empty enumeration in its value",
            "{'id':'a','value':{'type':'enumeration','enum_values':[]}}"),
        parameter(GOOD, "no words of a string", "{'id':'a','type':'string','enumValues':[]}"),
        parameter(
            GOOD,
            "an enumeration",
            """
            {'id':'a','value':{'type':'enumeration','enum_values':['b',3,{'c':'See'}],
             'default':['b',3]}}
            """),
        parameter(
            GOOD,
            "an enumeration in both places",
            "{'id':'a','value':{'type':'enumeration'},'enumValues':['b']}"),
        parameter(
            BAD,
            "a value of an enumeration that is a list",
            "{'id':'a','type':'enumeration','enumValues':[[]]}"),
        parameter(
            BAD,
            "a value of an enumeration with two labels",
            "{'id':'a','type':'enumeration','enumValues':[{'a':1,'b':2}]}"),
        parameter(BAD, "values in a string", "{'id':'a','type':'enumeration','enumValues':'a'}"),
        parameter(
            BAD,
            "true for an enumeration",
            "{'id':'a','type':'enumeration','enumValues':['a'],'default':true}"),
        parameter(
            READER,
            "a default that is no value",
            "{'id':'a','type':'enumeration','enumValues':['b'],'default':'c'}"),
        parameter(
            READER, "fixed to nothing", "{'id':'a','value':{" + string + ",'visible':false}}"));
  }

  static Stream<Arguments> systems() {
    String local =
        CLUSTER
            .replace("'SSH','host':'h'", "'LOCAL'")
            .replace("'SFTP','host':'h'", "'LOCAL'")
            .replace("SLURM", "FORK");
    return Stream.of(
            Stream.of(
                arguments(BAD, "an array", "[]"),
                arguments(BAD, "empty", "{}"),
                arguments(GOOD, "the least storage", json(STORE).toString()),
                arguments(GOOD, "the least cluster", json(CLUSTER).toString()),
                arguments(GOOD, "the least that is here", json(local).toString()),
                and(BAD, "an unknown field", STORE, "'colour':'red'"),
                and(BAD, "an unknown field of a cluster", CLUSTER, "'colour':null"),
                and(BAD, "a scheduler of a storage", STORE, "'scheduler':'FORK'"),
                and(BAD, "queues of a storage", STORE, "'queues':[]"),
                and(
                    GOOD,
                    "fields without use",
                    CLUSTER,
                    """
                    'name':1,'description':[],'site':{},'owner':null,'roles':[],'uuid':1,
                    'revision':1,'created':1,'lastModified':1,'lastUpdated':1,'public':1,
                    'globalDefault':1,'_links':{}
                    """),
                and(
                    READER,
                    "commands here and files there",
                    CLUSTER,
                    "'login':{'protocol':'LOCAL'}"),
                and(READER, "a login environment of FORK", local, "'loginEnvironment':true"),
                with(BAD, STORE, "type", "-"),
                with(BAD, STORE, "type", "null"),
                with(BAD, STORE, "storage", "-"),
                with(BAD, STORE, "storage", "null"),
                with(BAD, STORE, "storage", "'files'"),
                with(BAD, CLUSTER, "login", "-"),
                with(BAD, CLUSTER, "login", "[]"),
                with(BAD, CLUSTER, "scheduler", "-"),
                with(BAD, CLUSTER, "scheduler", "null"),
                with(BAD, CLUSTER, "scheduler", "''"),
                with(BAD, CLUSTER, "login.color", "1"),
                with(BAD, CLUSTER, "login.rootDir", "'/'"),
                with(BAD, STORE, "storage.color", "1"),
                with(GOOD, CLUSTER, "login.zone", "{}"),
                with(GOOD, STORE, "storage.publicAppsDir", "null"),
                with(BAD, CLUSTER, "login.host", "-"),
                with(BAD, CLUSTER, "login.host", "null"),
                with(BAD, CLUSTER, "storage.host", "''"),
                with(GOOD, local, "login.host", "'h'"),
                with(BAD, local, "login.host", "7"),
                with(BAD, STORE, "storage.rootDir", "-"),
                with(BAD, STORE, "storage.rootDir", "null"),
                with(BAD, STORE, "storage.rootDir", "''"),
                with(GOOD, STORE, "storage.rootDir", "'../files'"),
                with(BAD, STORE, "storage.rootDir", "'~/files'"),
                with(BAD, STORE, "storage.rootDir", "'${HOME}/files'"),
                with(GOOD, STORE, "storage.rootDir", text(4096)),
                with(BAD, STORE, "storage.rootDir", text(4097)),
                with(BAD, CLUSTER, "storage.rootDir", "'files'")),
            word(STORE, "status", "UP", "DOWN", "MAINTENANCE", "UNKNOWN"),
            values(STORE, "type", BAD, "'EXECUTION'", GOOD, "'storage'", BAD, "'OTHER'"),
            word(CLUSTER, "executionType", "HPC", "CONDOR", "CLI", "ATMOSPHERE"),
            word(
                CLUSTER,
                "scheduler",
                "FORK",
                "SLURM",
                "PBS",
                "TORQUE",
                "MOAB",
                "SGE",
                "GRIDENGINE",
                "LSF",
                "LOADLEVELER",
                "COBALT",
                "CONDOR",
                "UNKNOWN",
                "CUSTOM_SLURM",
                "CUSTOM_PBS",
                "CUSTOM_TORQUE",
                "CUSTOM_MOAB",
                "CUSTOM_SGE",
                "CUSTOM_GRIDENGINE",
                "CUSTOM_LSF",
                "CUSTOM_LOADLEVELER",
                "CUSTOM_COBALT",
                "CUSTOM_CONDOR"),
            word(CLUSTER, "login.protocol", "SSH", "GSISSH", "API"),
            word(
                CLUSTER,
                "storage.protocol",
                "SFTP",
                "FTP",
                "IRODS",
                "IRODS4",
                "HTTP",
                "HTTPS",
                "GRIDFTP",
                "AZURE",
                "S3",
                "SWIFT"),
            requiredLine(STORE, "id", 64),
            optionalLine(STORE, "tenantId", 24),
            flag(STORE, "available"),
            flag(STORE, "default"),
            flag(CLUSTER, "loginEnvironment"),
            line(CLUSTER, "login.host", 255),
            values(
                CLUSTER,
                "login.port",
                GOOD,
                "null",
                GOOD,
                "22",
                GOOD,
                "65535",
                BAD,
                "0",
                BAD,
                "65536",
                BAD,
                "'22'"),
            path(STORE, "storage.homeDir"),
            values(
                STORE,
                "storage.markerFile",
                GOOD,
                "'a'",
                GOOD,
                "'./.a'",
                GOOD,
                "null",
                GOOD,
                "''",
                BAD,
                "'.'",
                BAD,
                "'/'",
                BAD,
                "'./'",
                BAD,
                "'//./.'",
                BAD,
                "'../a'",
                GOOD,
                "'...'"),
            path(CLUSTER, "workDir"),
            path(CLUSTER, "scratchDir"),
            values(
                CLUSTER,
                "startupScript",
                GOOD,
                "'~/.profile'",
                GOOD,
                "'/etc/profile'",
                GOOD,
                "'../a'",
                GOOD,
                "null",
                BAD,
                "'~bob/a'",
                BAD,
                "'~/~a'",
                BAD,
                "'$A/b'",
                BAD,
                "'~/$A'",
                BAD,
                "' '",
                BAD,
                text(256)),
            values(
                CLUSTER,
                "environment",
                GOOD,
                "null",
                GOOD,
                "''",
                GOOD,
                "'A=1'",
                GOOD,
                "'A=1\\n\\n  \\r\\n_b2=two words\\r'",
                GOOD,
                "['A=1','B=']",
                GOOD,
                "[]",
                BAD,
                "'A'",
                BAD,
                "'A=1\\nB C=2'",
                BAD,
                "' A=1'",
                BAD,
                "'A=\\t'",
                BAD,
                "['A']",
                BAD,
                "['A=1\\n']",
                BAD,
                "[7]",
                BAD,
                "{}",
                BAD,
                "7"),
            limit(CLUSTER, "maxSystemJobs"),
            limit(CLUSTER, "maxSystemJobsPerUser"),
            credentials(CLUSTER, local),
            queues())
        .flatMap(it -> it);
  }

  private static Stream<Arguments> credentials(String cluster, String local) {
    return Stream.concat(
        values(
            cluster,
            "login.auth",
            GOOD,
            "null",
            GOOD,
            "{}",
            BAD,
            "'hunter2'",
            BAD,
            "[]",
            GOOD,
            "{'type':'PASSWORD','username':'u','password':'p'}",
            GOOD,
            "{'type':'SSHKEYS','username':'u','publicKey':'k\\n','privateKey':'k\\n'}",
            GOOD,
            "{'internalUsername':1,'credential':1,'trustedCaLocation':1,'server':{}}",
            BAD,
            "{'pasword':'p'}",
            BAD,
            "{'password':7}",
            BAD,
            "{'password':'a\\u0000'}",
            BAD,
            "{'password':" + text(4097) + "}",
            BAD,
            "{'username':'u\\n'}",
            BAD,
            "{'username':' '}",
            BAD,
            "{'type':" + text(65) + "}",
            READER,
            "{'password':'p'}",
            READER,
            "{'username':'u','publicKey':'k'}",
            READER,
            "{'type':'PASSWORD','username':'u','privateKey':'k'}",
            READER,
            "{'type':'SSHKEYS','username':'u','password':'p'}"),
        Stream.concat(
            values(
                cluster,
                "login.proxy",
                GOOD,
                "null",
                GOOD,
                "{'host':'p'}",
                GOOD,
                "{'host':'p','port':22,'name':[]}",
                GOOD,
                "{'host':'p','port':'00022'}",
                GOOD,
                "{'host':'p','port':'65535'}",
                BAD,
                "{'host':'p','port':'65536'}",
                BAD,
                "{'host':'p','port':'0'}",
                BAD,
                "{'host':'p','port':'000022'}",
                BAD,
                "{'host':'p','port':0}",
                BAD,
                "{}",
                BAD,
                "{'host':null}",
                BAD,
                "'p'",
                BAD,
                "{'host':'p','user':'u'}"),
            values(local, "login.proxy", GOOD, "'p'", GOOD, "{'user':'u'}")));
  }

  private static Stream<Arguments> queues() {
    List<Stream<Arguments>> all = new ArrayList<>();
    all.add(
        Stream.of(
            and(GOOD, "no queues", CLUSTER, "'queues':null"),
            and(BAD, "queues in an object", CLUSTER, "'queues':{}"),
            queue(BAD, "a queue that is a string", "'q'"),
            queue(BAD, "a queue without a name", "{}"),
            queue(BAD, "a queue with a name that is null", "{'name':null}"),
            queue(GOOD, "a queue", "{'name':'q'}"),
            queue(GOOD, "a queue with what is not used", "{'name':'q','description':1,'_links':1}"),
            queue(BAD, "a queue with an unknown field", "{'name':'q','maxHours':1}"),
            queue(GOOD, "a mapped queue", "{'name':'q','mappedName':'p'}"),
            queue(BAD, "a mapped name of 129", "{'name':'q','mappedName':" + text(129) + "}"),
            queue(GOOD, "directives", "{'name':'q','customDirectives':'-A a\\n--qos=b'}"),
            queue(BAD, "no directives", "{'name':'q','customDirectives':7}"),
            queue(GOOD, "a default queue", "{'name':'q','default':true}"),
            queue(BAD, "a default queue in words", "{'name':'q','isDefault':'yes'}"),
            queue(READER, "a name twice", "{'name':'q'},{'name':'q'}"),
            queue(
                READER, "two defaults", "{'name':'q','default':true},{'name':'r','default':true}"),
            queue(READER, "more of a user", "{'name':'q','maxJobs':4,'maxUserJobs':5}")));
    for (String limit : List.of("maxJobs", "maxUserJobs", "maxNodes", "maxProcessorsPerNode")) {
      all.add(inQueue(limit("{'name':'q'}", limit)));
    }
    all.add(inQueue(memory("{'name':'q'}", "maxMemoryPerNode")));
    all.add(
        inQueue(
            values(
                "{'name':'q'}",
                "maxMemoryPerNode",
                GOOD,
                "-1",
                GOOD,
                "-1.0",
                GOOD,
                "'-1'",
                BAD,
                "'-2'",
                BAD,
                "-1.5")));
    all.add(inQueue(runTime("{'name':'q'}", "maxRequestedTime")));
    return all.stream().flatMap(it -> it);
  }

  /** Documents that are queues, as systems that have them. */
  private static Stream<Arguments> inQueue(Stream<Arguments> queues) {
    return queues.map(
        it ->
            queue(
                (Verdict) it.get()[0],
                "queue " + it.get()[1],
                String.valueOf(it.get()[2]).replace('"', '\'')));
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("apps")
  void schemaAndReaderOfAppsAgree(Verdict verdict, String why, String json) throws IOException {
    assertVerdict(verdict, Schemas.APP, json, problemsOfApp(json));
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("systems")
  void schemaAndReaderOfSystemsAgree(Verdict verdict, String why, String json) throws IOException {
    assertVerdict(verdict, Schemas.SYSTEM, json, problemsOfSystem(json));
  }

  private static void assertVerdict(
      Verdict verdict, JsonSchema schema, String json, List<String> byReader) throws IOException {
    assertThat(Schemas.problems(schema, Schemas.MAPPER.readTree(json)).isEmpty())
        .as("whether the schema accepts " + json)
        .isEqualTo(verdict.schema);
    assertThat(byReader.isEmpty())
        .as("whether the reader accepts %s, which says %s", json, byReader)
        .isEqualTo(verdict.reader);
  }

  private static List<String> problemsOfApp(String json) {
    DefinitionProblems problems = new DefinitionProblems();
    DefinitionCatalog.fields("app.json", json, problems).ifPresent(AppDefinitions::read);
    return texts(problems);
  }

  private static List<String> problemsOfSystem(String json) {
    DefinitionProblems problems = new DefinitionProblems();
    SystemDefinitions systems = new SystemDefinitions(Path.of("/definitions"));
    DefinitionCatalog.fields("system.json", json, problems).ifPresent(systems::read);
    SystemDefinitions.check(systems.executionSystems(), problems);
    return texts(problems);
  }

  private static List<String> texts(DefinitionProblems problems) {
    try {
      problems.throwIfAny();
      return List.of();
    } catch (InvalidDefinitionException e) {
      return e.problems().stream().map(DefinitionProblem::message).toList();
    }
  }

  @Test
  void theSchemasAreOfTheDraftThatTheyName() throws IOException {
    for (String schema : List.of(DefinitionSchemas.app(), DefinitionSchemas.system())) {
      assertThat(Schemas.MAPPER.readTree(schema).path("$schema").asText())
          .isEqualTo(SchemaId.V202012);
      assertThat(Schemas.DRAFT.validate(schema, InputFormat.JSON)).isEmpty();
    }
  }

  @Test
  void schemasAndReadersKnowTheSameFields() throws IOException {
    JsonNode app = Schemas.MAPPER.readTree(DefinitionSchemas.app());
    JsonNode system = Schemas.MAPPER.readTree(DefinitionSchemas.system());

    assertThat(
            problemsOfApp(
                """
                {"x":1,"inputs":[{"id":"i","x":1,"value":{"x":1},"details":{"x":1},
                 "semantics":{"x":1}}],
                 "parameters":[{"id":"p","type":"string","x":1,"value":{"x":1}}]}
                """))
        .contains(
            unknown("x", app),
            unknown("inputs[0].x", app.at("/$defs/input")),
            unknown("inputs[0].value.x", app.at("/$defs/input/properties/value")),
            unknown("inputs[0].details.x", app.at("/$defs/input/properties/details")),
            unknown("inputs[0].semantics.x", app.at("/$defs/input/properties/semantics")),
            unknown("parameters[0].x", app.at("/$defs/parameter")),
            unknown("parameters[0].value.x", app.at("/$defs/parameter/properties/value")));
    assertThat(
            problemsOfSystem(
                """
                {"x":1,"type":"EXECUTION","login":{"protocol":"SSH","x":1,"auth":{"x":1},
                 "proxy":{"x":1}},"storage":{"x":1},"queues":[{"x":1}]}
                """))
        .contains(
            unknown("x", system, system.at("/$defs/execution")),
            unknown("login.x", system.at("/$defs/login")),
            unknown("login.auth.x", system.at("/$defs/auth")),
            unknown("login.proxy.x", system.at("/$defs/proxy")),
            unknown("storage.x", system.at("/$defs/storage")),
            unknown("queues[0].x", system.at("/$defs/queue")));
    assertThat(problemsOfSystem("{\"x\":1,\"type\":\"STORAGE\"}")).contains(unknown("x", system));
  }

  private static String unknown(String field, JsonNode... schemas) {
    Set<String> names = new TreeSet<>();
    for (JsonNode schema : schemas) {
      schema.get("properties").fieldNames().forEachRemaining(names::add);
    }
    return field + " is not a known field; known are " + String.join(", ", names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"definitions", "slurm/here", "slurm/ssh"})
  void theExamplesAreValid(String directory) throws IOException {
    Path definitions = ROOT.resolve("examples").resolve(directory);

    Schemas.assertValid(definitions);
    assertThat(DefinitionCatalog.read(definitions).app("acme", "none")).isEmpty();
  }

  @Test
  void noExampleIsForgotten() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("examples"))) {
      assertThat(
              files
                  .filter(it -> it.endsWith("systems") && !it.toString().contains("target"))
                  .map(it -> ROOT.resolve("examples").relativize(it.getParent()).toString()))
          .containsExactlyInAnyOrder("definitions", "slurm/here", "slurm/ssh");
    }
  }

  /** Parts of systems stand for a system that has them. */
  @Test
  void theDocumentsShowValidSystems() throws IOException {
    List<String> seen = new ArrayList<>();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      for (Path page : pages.toList()) {
        for (String block :
            JSON_BLOCK.matcher(Files.readString(page)).results().map(MatchResult::group).toList()) {
          String json = block.substring("```json\n".length(), block.length() - "```".length());
          JsonNode shown = Schemas.MAPPER.readTree(json.startsWith("{") ? json : "{" + json + "}");
          if (!shown.has("tenantId")) {
            ObjectNode system = (ObjectNode) json(shown.has("login") ? CLUSTER : STORE);
            system.setAll((ObjectNode) shown);
            assertThat(Schemas.problems(Schemas.SYSTEM, system)).as(page + json).isEmpty();
            assertThat(problemsOfSystem(system.toString())).as(page + json).isEmpty();
            seen.add(page.getFileName().toString());
          }
        }
      }
    }
    assertThat(seen).containsExactlyInAnyOrder("slurm.md", "slurm.md", "storages.md");
  }
}
