// The workbook: what was asked, what became of it, how fast, and what went wrong. Its queries stand in infra/queries.
// A module of main.bicep. Written here and not as exported JSON, so that no query stands twice.
param location string
param tags { *: string }
param workspaceName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

var perInterval = '\n| summarize Count = count() by bin(TimeGenerated, {TimeRange:grain})'

var charts = [
  {
    title: 'Requests accepted'
    query: '${loadTextContent('../queries/accepted-requests.kql')}${perInterval}'
    visualization: 'timechart'
  }
  {
    title: 'Outcomes by status'
    query: '${loadTextContent('../queries/outcomes.kql')}\n| summarize Requests = count() by Status'
    visualization: 'piechart'
  }
  {
    title: 'Accept to press, milliseconds'
    query: '${loadTextContent('../queries/accept-to-press.kql')}\n| summarize p50 = percentile(LatencyMs, 50), p95 = percentile(LatencyMs, 95), p99 = percentile(LatencyMs, 99) by bin(TimeGenerated, {TimeRange:grain})'
    visualization: 'timechart'
  }
  {
    title: 'Not succeeded, by code'
    query: '${loadTextContent('../queries/outcomes.kql')}\n| where Status != "succeeded"\n| summarize Requests = count() by Status, Code\n| order by Requests desc'
    visualization: 'table'
  }
  {
    title: 'Unknown outcomes'
    query: '${loadTextContent('../queries/unknown-outcomes.kql')}${perInterval}'
    visualization: 'timechart'
  }
  {
    title: 'Calls that nothing was ever heard of'
    query: '${loadTextContent('../queries/unknown-outcomes.kql')}\n| where Code == "notifications-never-seen"\n| summarize Requests = count(), Last = max(TimeGenerated) by CallId\n| order by Last desc'
    visualization: 'table'
  }
  {
    title: 'Refused notifications, by reason'
    query: '${loadTextContent('../queries/refused-notifications.kql')}\n| summarize Count = count() by Reason, bin(TimeGenerated, {TimeRange:grain})'
    visualization: 'timechart'
  }
  {
    title: 'Oldest open request, seconds'
    query: '${loadTextContent('../queries/oldest-open-request.kql')}\n| summarize OldestSeconds = max(OldestSeconds) by bin(TimeGenerated, {TimeRange:grain})'
    visualization: 'timechart'
  }
  {
    title: 'Messages given up'
    query: '${loadTextContent('../queries/given-up-messages.kql')}\n| order by TimeGenerated desc'
    visualization: 'table'
  }
]

var timeRange = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    parameters: [
      {
        id: guid('tones-workbook', 'TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time range'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [{ durationMs: 3600000 }, { durationMs: 14400000 }, { durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }]
          allowCustom: true
        }
      }
    ]
  }
}

var chartItems = [for (chart, index) in charts: {
  type: 3
  name: 'chart-${index}'
  customWidth: '50'
  content: {
    version: 'KqlItem/1.0'
    title: chart.title
    query: chart.query
    visualization: chart.visualization
    size: 0
    timeContextFromParameter: 'TimeRange'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspace.id]
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'tones-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Tones'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([timeRange], chartItems)
      fallbackResourceIds: [workspace.id]
    })
  }
}
