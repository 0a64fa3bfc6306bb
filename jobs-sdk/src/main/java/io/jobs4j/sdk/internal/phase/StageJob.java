package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.launch.JobVariables;
import io.jobs4j.sdk.internal.launch.LaunchScript;
import io.jobs4j.sdk.internal.launch.WrapperTemplate;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts the application's files and the launch script beside the inputs. */
public final class StageJob implements Phase {
  private static final int TEMPLATE_LIMIT = 1 << 20;

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    JobChange staged = stage(context);
    int attempt = context.job().submitRetries() + 1;
    return new PhaseResult.Advance(
        staged
            .then(JobStatus.SUBMITTING, JobStatus.SUBMITTING.description())
            .then(JobStatus.SUBMITTING, "Attempt " + attempt + " to submit job")
            .workPath(context.workPath().toString())
            .countSubmitAttempt());
  }

  /** Puts all files in place; those that are there already stay. */
  static JobChange stage(PhaseContext context) throws InterruptedException {
    StagedInputs inputs = StagedInputs.of(context);
    return Staging.in(
        context,
        staging -> {
          try {
            return stage(staging, inputs);
          } catch (PermanentAdapterException e) {
            throw new PermanentAdapterException(
                ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
                Sentences.of(
                    "Application %s cannot be staged: %s"
                        .formatted(context.job().appId(), e.getMessage())),
                e);
          }
        });
  }

  private static JobChange stage(Staging staging, StagedInputs inputs) throws InterruptedException {
    PhaseContext context = staging.context();
    Deployment deployment = Deployment.of(context);
    byte[] script = script(context, context.system(), inputs);
    TransferPlan plan = plan(context, deployment, inputs, staging.workPath());
    String name = context.workDirectory().script();
    if (context.job().archive()) {
      // Nobody else asks what is output.
      Manifest.writeAssets(
          staging.storage(), staging.workPath(), plan, name, context.fence(), context.now());
    }
    staging.transfer(
        plan, deployment.storage(), deployment.path().toString(), JobStatus.STAGING_JOB);
    StoragePath file = staging.workPath().resolve(name);
    writeScript(staging, file, script);
    staging.makePrivate(file);
    String leftOut = LeftOut.of(plan.omissions(), deployment.path()).sentences();
    return leftOut.isEmpty()
        ? JobChange.NONE
        : JobChange.to(JobStatus.STAGING_JOB, "The application's files are there." + leftOut);
  }

  private static void writeScript(Staging staging, StoragePath file, byte[] script)
      throws InterruptedException {
    try {
      writeScript(staging, file, script, false);
    } catch (TargetExistsException e) {
      byte[] there;
      try (InputStream stream = staging.storage().read(file, 0)) {
        there = stream.readNBytes(script.length + 1);
      } catch (IOException unreadable) {
        throw new TransientAdapterException(
            RecoveryCondition.SYSTEM_NOT_AVAILABLE,
            "%s could not be read: %s".formatted(file, unreadable.getMessage()),
            unreadable);
      }
      if (!Arrays.equals(there, script)) {
        writeScript(staging, file, script, true);
      }
    }
  }

  private static void writeScript(Staging staging, StoragePath file, byte[] script, boolean replace)
      throws InterruptedException {
    staging
        .storage()
        .write(
            file,
            new ByteArrayInputStream(script),
            staging.context().now(),
            true,
            staging.context().fence().publication(staging.workPath(), replace));
  }

  private static TransferPlan plan(
      PhaseContext context, Deployment deployment, StagedInputs inputs, StoragePath workPath)
      throws InterruptedException {
    Set<String> taken = new HashSet<>(context.workDirectory().reserved());
    inputs.names().values().forEach(taken::addAll);
    return TransferPlan.of(
        deployment.storage(),
        List.of(new TransferPlan.Root(deployment.path(), workPath)),
        (path, directory) -> {
          requireFree(path, taken);
          return false;
        });
  }

  private static void requireFree(String path, Set<String> taken) {
    if (taken.contains(path)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
          "its file \"%s\" has the name of an input or of a file that jobs4j keeps there."
              .formatted(path));
    }
  }

  private static byte[] script(PhaseContext context, ExecutionSystem system, StagedInputs inputs)
      throws InterruptedException {
    App app = context.app();
    return LaunchScript.render(
        system,
        app,
        template(context, app),
        inputs.names(),
        context.job().parameters(),
        JobVariables.names(context.job()));
  }

  private static WrapperTemplate template(PhaseContext context, App app)
      throws InterruptedException {
    Deployment deployment = Deployment.of(context);
    StoragePath file = deployment.path().resolve(app.templatePath());
    try (InputStream stream = deployment.storage().read(file, 0)) {
      byte[] bytes = stream.readNBytes(TEMPLATE_LIMIT + 1);
      if (bytes.length > TEMPLATE_LIMIT) {
        throw new PermanentAdapterException(
            ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
            "its template %s has more than %s bytes.".formatted(file, TEMPLATE_LIMIT));
      }
      return WrapperTemplate.read(file.toString(), bytes);
    } catch (IOException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          app.deploymentSystem(),
          Sentences.of("The template %s could not be read: %s".formatted(file, e.getMessage())),
          e);
    }
  }

  /** Where the application's files are. */
  private record Deployment(FileStorage storage, StoragePath path) {
    static Deployment of(PhaseContext context) {
      App app = context.app();
      String id = app.deploymentSystem();
      StorageAccess access =
          id == null ? context.system().storage() : context.storageSystem(id).storage();
      FileStorage storage =
          id == null ? context.workStorage() : context.systems().storage(context.storageSystem(id));
      return new Deployment(storage, StoragePath.parse(access.homeDir(), app.deploymentPath()));
    }
  }
}
