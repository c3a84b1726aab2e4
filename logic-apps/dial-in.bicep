// A Consumption workflow that places a call to a phone number, enters a dial string in it and hangs up.
// The definition is the one to paste, with the id of the identity put in: dial-in.json, or dial-in-identity.json where an audience is given.

@description('Name of the workflow.')
param workflowName string = 'dial-in-and-enter-pin'

@description('Region of the workflow.')
param location string = resourceGroup().location

@description('Start of the URLs of the tones app, without a slash at its end.')
param tonesBaseUrl string

@description('Function key of the tones app. Leave it empty where tonesAudience is given.')
@secure()
param tonesFunctionKey string = ''

@description('Audience of the App Service Authentication of the tones app: the workflow then calls it with the same identity as Graph, and needs no key.')
param tonesAudience string = ''

@description('Root of Graph, without a slash at its end; also the audience of the token for it.')
param graphUrl string = 'https://graph.microsoft.com'

@description('Tenant of the call.')
param tenantId string = tenant().tenantId

@description('Object id of the resource account (application instance) that has the phone number to call from.')
param applicationInstanceId string

@description('Name of the user-assigned identity that is the calling bot: its client id is GRAPH_CLIENT_ID of the tones app.')
param identityName string

@description('Resource group of that identity.')
param identityResourceGroup string = resourceGroup().name

var placeholder = '/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<identity>'
var usesKey = empty(tonesAudience)
var text = usesKey ? loadTextContent('dial-in.json') : loadTextContent('dial-in-identity.json')

resource bot 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
  scope: resourceGroup(identityResourceGroup)
}

resource workflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: workflowName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${bot.id}': {}
    }
  }
  properties: {
    state: 'Enabled'
    definition: json(replace(text, placeholder, bot.id)).definition
    parameters: union(
      {
        tonesBaseUrl: { value: tonesBaseUrl }
        graphUrl: { value: graphUrl }
        tenantId: { value: tenantId }
        applicationInstanceId: { value: applicationInstanceId }
      },
      usesKey ? { tonesFunctionKey: { value: tonesFunctionKey } } : { tonesAudience: { value: tonesAudience } }
    )
  }
}

@description('Allow this object id in the App Service Authentication of the tones app, where tonesAudience is given.')
output principalId string = bot.properties.principalId
