// Alert rules on the app's events in Log Analytics, and whom they notify. What each looks for stands in infra/queries.
// A module of main.bicep.
param location string
param tags { *: string }
param workspaceName string
param email string
param actionGroupIds string[]
param givenUpMessages int
param unknownOutcomes int
param refusedNotifications int
param oldestOpenRequestSeconds int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

// Severity: 1 error, 2 warning.
var rules = [
  {
    name: 'tones-given-up-messages'
    displayName: 'Tones: messages were given up'
    description: 'A request or a callback ended in a poison queue, or a message of somebody else did. Nothing of it is tried again.'
    severity: 1
    query: loadTextContent('../queries/given-up-messages.kql')
    threshold: givenUpMessages
    timeAggregation: 'Count'
    measure: null
  }
  {
    name: 'tones-unknown-outcomes'
    displayName: 'Tones: outcomes became unknown'
    description: 'Tones may have been pressed, and nobody can know: look at the codes, and whether notifications arrive.'
    severity: 2
    query: loadTextContent('../queries/unknown-outcomes.kql')
    threshold: unknownOutcomes
    timeAggregation: 'Count'
    measure: null
  }
  {
    name: 'tones-refused-notifications'
    displayName: 'Tones: notifications were refused'
    description: 'callNotifications answered 401 or 503. If they were of Graph, outcomes end as unknown: look at the reasons.'
    severity: 2
    query: loadTextContent('../queries/refused-notifications.kql')
    threshold: refusedNotifications
    timeAggregation: 'Count'
    measure: null
  }
  {
    name: 'tones-oldest-open-request'
    displayName: 'Tones: a request has been open for too long'
    description: 'The oldest open request is older than it should get: is sendTones running? Silent where the timer itself cannot run: watch the health endpoint as well.'
    severity: 2
    query: loadTextContent('../queries/oldest-open-request.kql')
    threshold: oldestOpenRequestSeconds
    timeAggregation: 'Maximum'
    measure: 'OldestSeconds'
  }
]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'tones-alerts'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'tones'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: rule.name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.displayName
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [workspace.id]
    // The window is longer than the interval, because telemetry arrives some minutes late.
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    // A workspace that was made a moment ago does not know its tables yet; test/contracts checks the queries instead.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: rule.timeAggregation
          metricMeasureColumn: rule.measure
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: union(empty(email) ? [] : [mail.id], actionGroupIds) }
  }
}]
