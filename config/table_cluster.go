package config

// The directives of cluster mode.

func clusterRows() []directive {
	return []directive{
		boolean("cluster-enabled", "", immutable, false, func(v *Values) *bool { return &v.ClusterEnabled }, works).
			refusing(when(func(v *Values) bool { return v.ClusterEnabled }, cannotCluster)),
		text("cluster-config-file", immutable, "nodes.conf", func(v *Values) *string { return &v.ClusterConfigFile }, noCluster),
		numeric("cluster-port", "", immutable, ints(0, 65535), 0, func(v *Values) *int { return &v.ClusterPort }, noCluster),
		numeric("cluster-node-timeout", "", modifiable, ints(0, longMax), 15000, func(v *Values) *int64 { return &v.ClusterNodeTimeout }, noCluster),
		numeric("cluster-ping-interval", "", hidden, ints(0, longMax), 0, func(v *Values) *int64 { return &v.ClusterPingInterval }, noCluster),
		numeric("cluster-replica-validity-factor", "cluster-slave-validity-factor", modifiable, ints(0, intMax), 10, func(v *Values) *int { return &v.ClusterReplicaValidityFactor }, noCluster),
		numeric("cluster-migration-barrier", "", modifiable, ints(0, intMax), 1, func(v *Values) *int { return &v.ClusterMigrationBarrier }, noCluster),
		boolean("cluster-allow-replica-migration", "", modifiable, true, func(v *Values) *bool { return &v.ClusterAllowReplicaMigration }, noCluster),
		boolean("cluster-require-full-coverage", "", modifiable, true, func(v *Values) *bool { return &v.ClusterRequireFullCoverage }, noCluster),
		boolean("cluster-replica-no-failover", "cluster-slave-no-failover", modifiable, false, func(v *Values) *bool { return &v.ClusterReplicaNoFailover }, noCluster),
		boolean("cluster-allow-reads-when-down", "", modifiable, false, func(v *Values) *bool { return &v.ClusterAllowReadsWhenDown }, noCluster),
		boolean("cluster-allow-pubsubshard-when-down", "", modifiable, true, func(v *Values) *bool { return &v.ClusterAllowPubSubShardWhenDown }, noCluster),
		numeric("cluster-link-sendbuf-limit", "", modifiable, memSizes(0, noLimit), 0, func(v *Values) *int64 { return &v.ClusterLinkSendbufLimit }, noCluster),
	}
}

func clusterAnnounceRows() []directive {
	return []directive{
		optional("cluster-announce-ip", "", modifiable, func(v *Values) *string { return &v.ClusterAnnounceIP }, noCluster),
		numeric("cluster-announce-port", "", modifiable, ints(0, 65535), 0, func(v *Values) *int { return &v.ClusterAnnouncePort }, noCluster),
		numeric("cluster-announce-tls-port", "", modifiable, ints(0, 65535), 0, func(v *Values) *int { return &v.ClusterAnnounceTLSPort }, noCluster),
		numeric("cluster-announce-bus-port", "", modifiable, ints(0, 65535), 0, func(v *Values) *int { return &v.ClusterAnnounceBusPort }, noCluster),
		optional("cluster-announce-hostname", "", modifiable, func(v *Values) *string { return &v.ClusterAnnounceHostname }, noCluster).checked(checkHostname),
		optional("cluster-announce-human-nodename", "", modifiable, func(v *Values) *string { return &v.ClusterAnnounceHumanNodename }, noCluster).checked(checkNodename),
		enum("cluster-preferred-endpoint-type", modifiable, endpointTypes(), EndpointIP, func(v *Values) *EndpointType { return &v.ClusterPreferredEndpointType }, noCluster),
	}
}
