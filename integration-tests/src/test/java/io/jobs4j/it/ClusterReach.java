package io.jobs4j.it;

import io.jobs4j.testsupport.SlurmCluster;
import io.jobs4j.testsupport.SshServer;

/** The ways in which an engine reaches a cluster. */
enum ClusterReach {
  LOCAL(false, false),
  LOCAL_WITH_ACCOUNTING(true, false),
  OVER_SSH(false, true),
  OVER_SSH_WITH_ACCOUNTING(true, true);

  private final boolean accounting;
  private final boolean overSsh;

  ClusterReach(boolean accounting, boolean overSsh) {
    this.accounting = accounting;
    this.overSsh = overSsh;
  }

  boolean isOverSsh() {
    return overSsh;
  }

  SlurmCluster cluster() {
    return accounting ? SlurmCluster.withAccounting() : SlurmCluster.withoutAccounting();
  }

  /** Where commands find the cluster. */
  int port(SshServer server) {
    return accounting ? server.accountingPort() : server.port();
  }
}
