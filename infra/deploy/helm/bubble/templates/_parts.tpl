{{/* What all objects share. */}}

{{- define "bubble.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{- define "bubble.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "bubble.labels" -}}
{{ include "bubble.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "bubble.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "bubble.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "bubble.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end -}}
{{- end }}

{{- define "bubble.keysClaim" -}}
{{ default (printf "%s-keys" (include "bubble.name" .)) .Values.keys.existingClaim }}
{{- end }}

{{/* One variable from a secret. */}}
{{- define "bubble.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ required .what .secret.name }}
      key: {{ .secret.key }}
{{- end }}

{{/* Of gates and processors. */}}
{{- define "bubble.environment" -}}
- name: BUBBLE_CONFIG
  value: /etc/bubble/bubble.toml
{{ include "bubble.secretVariable" (dict "variable" "BUBBLE_REGISTRY_URL" "secret" .Values.registry.urlSecret "what" "registry.urlSecret.name: the secret with the URL of the registry") }}
{{ include "bubble.secretVariable" (dict "variable" "BUBBLE_TIMELINE_URL" "secret" .Values.timeline.urlSecret "what" "timeline.urlSecret.name: the secret with the URL of the database") }}
{{- if .Values.redis.urlSecret.name }}
{{ include "bubble.secretVariable" (dict "variable" "BUBBLE_REDIS_URL" "secret" .Values.redis.urlSecret "what" "redis.urlSecret.name") }}
{{- end }}
{{- if ne .Values.kafka.sasl "none" }}
{{ include "bubble.secretVariable" (dict "variable" "BUBBLE_KAFKA_PASSWORD" "secret" .Values.kafka.passwordSecret "what" "kafka.passwordSecret.name: kafka.sasl needs it") }}
{{- end }}
{{- end }}

{{- define "bubble.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 2
  # Restoring state and joining groups come before the first answer.
  failureThreshold: 90
livenessProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /readyz, port: admin }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{- define "bubble.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
# Files of keys are readable by their owner alone, and are refused otherwise: their modes must stay.
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "bubble.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "bubble.sharedMounts" -}}
- { name: config, mountPath: /etc/bubble, readOnly: true }
- { name: data, mountPath: /var/lib/bubble }
- { name: tmp, mountPath: /tmp }
{{- if and .Values.kafka.tls .Values.kafka.caSecret.name }}
- { name: kafka-ca, mountPath: /etc/bubble-kafka, readOnly: true }
{{- end }}
{{- end }}

{{- define "bubble.sharedVolumes" -}}
- name: config
  configMap:
    name: {{ include "bubble.name" . }}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- if and .Values.kafka.tls .Values.kafka.caSecret.name }}
- name: kafka-ca
  secret:
    secretName: {{ .Values.kafka.caSecret.name }}
    items: [{ key: {{ .Values.kafka.caSecret.key }}, path: ca.crt }]
{{- end }}
{{- end }}
