package config

// The directives of TLS.

func tlsRows() []directive {
	return []directive{
		numeric("tls-port", "", modifiable, ints(0, 65535), 0, func(v *Values) *int { return &v.TLSPort }, works).
			refusing(when(func(v *Values) bool { return v.TLSPort != 0 }, "tls-port cannot be set: "+cannotTLS)),
		boolean("tls-replication", "", modifiable, false, func(v *Values) *bool { return &v.TLSReplication }, works).
			refusing(when(func(v *Values) bool { return v.TLSReplication }, "tls-replication cannot be yes: "+cannotTLS)),
		boolean("tls-cluster", "", modifiable, false, func(v *Values) *bool { return &v.TLSCluster }, works).
			refusing(when(func(v *Values) bool { return v.TLSCluster }, "tls-cluster cannot be yes: "+cannotTLS)),
		optional("tls-cert-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSCertFile }, noTLS),
		optional("tls-key-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSKeyFile }, noTLS),
		optional("tls-key-file-pass", "", modifiable, func(v *Values) *string { return &v.TLSKeyFilePass }, noTLS),
		optional("tls-client-cert-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSClientCertFile }, noTLS),
		optional("tls-client-key-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSClientKeyFile }, noTLS),
		optional("tls-client-key-file-pass", "", modifiable, func(v *Values) *string { return &v.TLSClientKeyFilePass }, noTLS),
		optional("tls-dh-params-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSDHParamsFile }, noTLS),
		optional("tls-ca-cert-file", "", modifiable|volatile, func(v *Values) *string { return &v.TLSCACertFile }, noTLS),
		optional("tls-ca-cert-dir", "", modifiable|volatile, func(v *Values) *string { return &v.TLSCACertDir }, noTLS),
		enum("tls-auth-clients", modifiable, tlsAuths(), TLSAuthYes, func(v *Values) *TLSAuth { return &v.TLSAuthClients }, noTLS),
	}
}

func tlsSessionRows() []directive {
	return []directive{
		optional("tls-protocols", "", modifiable, func(v *Values) *string { return &v.TLSProtocols }, noTLS),
		optional("tls-ciphers", "", modifiable, func(v *Values) *string { return &v.TLSCiphers }, noTLS),
		optional("tls-ciphersuites", "", modifiable, func(v *Values) *string { return &v.TLSCiphersuites }, noTLS),
		boolean("tls-prefer-server-ciphers", "", modifiable, false, func(v *Values) *bool { return &v.TLSPreferServerCiphers }, noTLS),
		boolean("tls-session-caching", "", modifiable, true, func(v *Values) *bool { return &v.TLSSessionCaching }, noTLS),
		numeric("tls-session-cache-size", "", modifiable, ints(0, intMax), 20*1024, func(v *Values) *int { return &v.TLSSessionCacheSize }, noTLS),
		numeric("tls-session-cache-timeout", "", modifiable, ints(0, intMax), 300, func(v *Values) *int { return &v.TLSSessionCacheTimeout }, noTLS),
	}
}
