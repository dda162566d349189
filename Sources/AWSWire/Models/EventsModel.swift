// Made by `.ci/aws-models` from botocore 1.43.11: change that, not this.
// swift-format-ignore-file

extension ModelTable {
    /// The operations and shapes of `events`, in the form that ``ModelTable`` reads.
    static let events = #"""
service events 2015-10-07 protocol=json jsonVersion=1.1 targetPrefix=AWSEvents signingName=events
operation ActivateEventSource POST / input=ActivateEventSourceRequest errors=ResourceNotFoundException,ConcurrentModificationException,InvalidStateException,InternalException,OperationDisabledException
operation CancelReplay POST / input=CancelReplayRequest output=CancelReplayResponse errors=ResourceNotFoundException,ConcurrentModificationException,IllegalStatusException,InternalException
operation CreateApiDestination POST / input=CreateApiDestinationRequest output=CreateApiDestinationResponse errors=ResourceAlreadyExistsException,ResourceNotFoundException,LimitExceededException,InternalException
operation CreateArchive POST / input=CreateArchiveRequest output=CreateArchiveResponse errors=ConcurrentModificationException,ResourceAlreadyExistsException,ResourceNotFoundException,InternalException,LimitExceededException,InvalidEventPatternException
operation CreateConnection POST / input=CreateConnectionRequest output=CreateConnectionResponse errors=ResourceAlreadyExistsException,LimitExceededException,ResourceNotFoundException,InternalException,AccessDeniedException,ThrottlingException
operation CreateEndpoint POST / input=CreateEndpointRequest output=CreateEndpointResponse errors=ResourceAlreadyExistsException,LimitExceededException,InternalException
operation CreateEventBus POST / input=CreateEventBusRequest output=CreateEventBusResponse errors=ResourceAlreadyExistsException,ResourceNotFoundException,InvalidStateException,InternalException,ConcurrentModificationException,LimitExceededException,OperationDisabledException
operation CreatePartnerEventSource POST / input=CreatePartnerEventSourceRequest output=CreatePartnerEventSourceResponse errors=ResourceAlreadyExistsException,InternalException,ConcurrentModificationException,LimitExceededException,OperationDisabledException
operation DeactivateEventSource POST / input=DeactivateEventSourceRequest errors=ResourceNotFoundException,ConcurrentModificationException,InvalidStateException,InternalException,OperationDisabledException
operation DeauthorizeConnection POST / input=DeauthorizeConnectionRequest output=DeauthorizeConnectionResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException
operation DeleteApiDestination POST / input=DeleteApiDestinationRequest output=DeleteApiDestinationResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException
operation DeleteArchive POST / input=DeleteArchiveRequest output=DeleteArchiveResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException
operation DeleteConnection POST / input=DeleteConnectionRequest output=DeleteConnectionResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException
operation DeleteEndpoint POST / input=DeleteEndpointRequest output=DeleteEndpointResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException
operation DeleteEventBus POST / input=DeleteEventBusRequest errors=InternalException,ConcurrentModificationException
operation DeletePartnerEventSource POST / input=DeletePartnerEventSourceRequest errors=InternalException,ConcurrentModificationException,OperationDisabledException
operation DeleteRule POST / input=DeleteRuleRequest errors=ConcurrentModificationException,ManagedRuleException,InternalException,ResourceNotFoundException
operation DescribeApiDestination POST / input=DescribeApiDestinationRequest output=DescribeApiDestinationResponse errors=ResourceNotFoundException,InternalException
operation DescribeArchive POST / input=DescribeArchiveRequest output=DescribeArchiveResponse errors=ResourceAlreadyExistsException,ResourceNotFoundException,InternalException
operation DescribeConnection POST / input=DescribeConnectionRequest output=DescribeConnectionResponse errors=ResourceNotFoundException,InternalException
operation DescribeEndpoint POST / input=DescribeEndpointRequest output=DescribeEndpointResponse errors=ResourceNotFoundException,InternalException
operation DescribeEventBus POST / input=DescribeEventBusRequest output=DescribeEventBusResponse errors=ResourceNotFoundException,InternalException
operation DescribeEventSource POST / input=DescribeEventSourceRequest output=DescribeEventSourceResponse errors=ResourceNotFoundException,InternalException,OperationDisabledException
operation DescribePartnerEventSource POST / input=DescribePartnerEventSourceRequest output=DescribePartnerEventSourceResponse errors=ResourceNotFoundException,InternalException,OperationDisabledException
operation DescribeReplay POST / input=DescribeReplayRequest output=DescribeReplayResponse errors=ResourceNotFoundException,InternalException
operation DescribeRule POST / input=DescribeRuleRequest output=DescribeRuleResponse errors=ResourceNotFoundException,InternalException
operation DisableRule POST / input=DisableRuleRequest errors=ResourceNotFoundException,ConcurrentModificationException,ManagedRuleException,InternalException
operation EnableRule POST / input=EnableRuleRequest errors=ResourceNotFoundException,ConcurrentModificationException,ManagedRuleException,InternalException
operation ListApiDestinations POST / input=ListApiDestinationsRequest output=ListApiDestinationsResponse errors=InternalException
operation ListArchives POST / input=ListArchivesRequest output=ListArchivesResponse errors=ResourceNotFoundException,InternalException
operation ListConnections POST / input=ListConnectionsRequest output=ListConnectionsResponse errors=InternalException
operation ListEndpoints POST / input=ListEndpointsRequest output=ListEndpointsResponse errors=InternalException
operation ListEventBuses POST / input=ListEventBusesRequest output=ListEventBusesResponse errors=InternalException
operation ListEventSources POST / input=ListEventSourcesRequest output=ListEventSourcesResponse errors=InternalException,OperationDisabledException
operation ListPartnerEventSourceAccounts POST / input=ListPartnerEventSourceAccountsRequest output=ListPartnerEventSourceAccountsResponse errors=ResourceNotFoundException,InternalException,OperationDisabledException
operation ListPartnerEventSources POST / input=ListPartnerEventSourcesRequest output=ListPartnerEventSourcesResponse errors=InternalException,OperationDisabledException
operation ListReplays POST / input=ListReplaysRequest output=ListReplaysResponse errors=InternalException
operation ListRuleNamesByTarget POST / input=ListRuleNamesByTargetRequest output=ListRuleNamesByTargetResponse errors=InternalException,ResourceNotFoundException
operation ListRules POST / input=ListRulesRequest output=ListRulesResponse errors=InternalException,ResourceNotFoundException
operation ListTagsForResource POST / input=ListTagsForResourceRequest output=ListTagsForResourceResponse errors=ResourceNotFoundException,InternalException
operation ListTargetsByRule POST / input=ListTargetsByRuleRequest output=ListTargetsByRuleResponse errors=ResourceNotFoundException,InternalException
operation PutEvents POST / input=PutEventsRequest output=PutEventsResponse errors=InternalException
operation PutPartnerEvents POST / input=PutPartnerEventsRequest output=PutPartnerEventsResponse errors=InternalException,OperationDisabledException
operation PutPermission POST / input=PutPermissionRequest errors=ResourceNotFoundException,PolicyLengthExceededException,InternalException,ConcurrentModificationException,OperationDisabledException
operation PutRule POST / input=PutRuleRequest output=PutRuleResponse errors=InvalidEventPatternException,LimitExceededException,ConcurrentModificationException,ManagedRuleException,InternalException,ResourceNotFoundException
operation PutTargets POST / input=PutTargetsRequest output=PutTargetsResponse errors=ResourceNotFoundException,ConcurrentModificationException,LimitExceededException,ManagedRuleException,InternalException
operation RemovePermission POST / input=RemovePermissionRequest errors=ResourceNotFoundException,InternalException,ConcurrentModificationException,OperationDisabledException
operation RemoveTargets POST / input=RemoveTargetsRequest output=RemoveTargetsResponse errors=ResourceNotFoundException,ConcurrentModificationException,ManagedRuleException,InternalException
operation StartReplay POST / input=StartReplayRequest output=StartReplayResponse errors=ResourceNotFoundException,ResourceAlreadyExistsException,InvalidEventPatternException,LimitExceededException,InternalException
operation TagResource POST / input=TagResourceRequest output=TagResourceResponse errors=ResourceNotFoundException,ConcurrentModificationException,InternalException,ManagedRuleException
operation TestEventPattern POST / input=TestEventPatternRequest output=TestEventPatternResponse errors=InvalidEventPatternException,InternalException
operation UntagResource POST / input=UntagResourceRequest output=UntagResourceResponse errors=ResourceNotFoundException,InternalException,ConcurrentModificationException,ManagedRuleException
operation UpdateApiDestination POST / input=UpdateApiDestinationRequest output=UpdateApiDestinationResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException,LimitExceededException
operation UpdateArchive POST / input=UpdateArchiveRequest output=UpdateArchiveResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException,LimitExceededException,InvalidEventPatternException
operation UpdateConnection POST / input=UpdateConnectionRequest output=UpdateConnectionResponse errors=ConcurrentModificationException,ResourceNotFoundException,InternalException,LimitExceededException,AccessDeniedException,ThrottlingException
operation UpdateEndpoint POST / input=UpdateEndpointRequest output=UpdateEndpointResponse errors=ResourceNotFoundException,ConcurrentModificationException,InternalException
operation UpdateEventBus POST / input=UpdateEventBusRequest output=UpdateEventBusResponse errors=ResourceNotFoundException,InternalException,ConcurrentModificationException,OperationDisabledException
structure AccessDeniedException error=400
string AccountId min=12 max=12 pattern=\d{12}
string Action min=1 max=64 pattern=events:[a-zA-Z]+
structure ActivateEventSourceRequest *Name:EventSourceName
structure ApiDestination ApiDestinationArn:ApiDestinationArn Name:ApiDestinationName ApiDestinationState:ApiDestinationState ConnectionArn:ConnectionArn InvocationEndpoint:HttpsEndpoint HttpMethod:ApiDestinationHttpMethod InvocationRateLimitPerSecond:ApiDestinationInvocationRateLimitPerSecond CreationTime:Timestamp LastModifiedTime:Timestamp
string ApiDestinationArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:api-destination\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$
string ApiDestinationDescription max=512 pattern=.*
string ApiDestinationHttpMethod enum=POST|GET|HEAD|OPTIONS|PUT|PATCH|DELETE
integer ApiDestinationInvocationRateLimitPerSecond min=1
string ApiDestinationName min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
list ApiDestinationResponseList ApiDestination
string ApiDestinationState enum=ACTIVE|INACTIVE
structure AppSyncParameters GraphQLOperation:GraphQLOperation
structure Archive ArchiveName:ArchiveName EventSourceArn:EventBusArn State:ArchiveState StateReason:ArchiveStateReason RetentionDays:RetentionDays SizeBytes:Long EventCount:Long CreationTime:Timestamp
string ArchiveArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$
string ArchiveDescription max=512 pattern=.*
string ArchiveName min=1 max=48 pattern=[\.\-_A-Za-z0-9]+
list ArchiveResponseList Archive
string ArchiveState enum=ENABLED|DISABLED|CREATING|UPDATING|CREATE_FAILED|UPDATE_FAILED
string ArchiveStateReason max=512 pattern=.*
string Arn min=1 max=1600
string AssignPublicIp enum=ENABLED|DISABLED
string AuthHeaderParameters min=1 max=512 pattern=^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$
string AuthHeaderParametersSensitive sensitive=true min=1 max=512 pattern=^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$
structure AwsVpcConfiguration *Subnets:StringList SecurityGroups:StringList AssignPublicIp:AssignPublicIp
structure BatchArrayProperties Size:Integer
structure BatchParameters *JobDefinition:String *JobName:String ArrayProperties:BatchArrayProperties RetryStrategy:BatchRetryStrategy
structure BatchRetryStrategy Attempts:Integer
boolean Boolean
structure CancelReplayRequest *ReplayName:ReplayName
structure CancelReplayResponse ReplayArn:ReplayArn State:ReplayState StateReason:ReplayStateReason
string CapacityProvider min=1 max=255
list CapacityProviderStrategy CapacityProviderStrategyItem max=6
structure CapacityProviderStrategyItem *capacityProvider:CapacityProvider weight:CapacityProviderStrategyItemWeight base:CapacityProviderStrategyItemBase
integer CapacityProviderStrategyItemBase min=0 max=100000
integer CapacityProviderStrategyItemWeight min=0 max=1000
structure ConcurrentModificationException error=400
structure Condition *Type:String *Key:String *Value:String
structure Connection ConnectionArn:ConnectionArn Name:ConnectionName ConnectionState:ConnectionState StateReason:ConnectionStateReason AuthorizationType:ConnectionAuthorizationType CreationTime:Timestamp LastModifiedTime:Timestamp LastAuthorizedTime:Timestamp
structure ConnectionApiKeyAuthResponseParameters ApiKeyName:AuthHeaderParameters
string ConnectionArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:connection\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$
structure ConnectionAuthResponseParameters BasicAuthParameters:ConnectionBasicAuthResponseParameters OAuthParameters:ConnectionOAuthResponseParameters ApiKeyAuthParameters:ConnectionApiKeyAuthResponseParameters InvocationHttpParameters:ConnectionHttpParameters ConnectivityParameters:DescribeConnectionConnectivityParameters
string ConnectionAuthorizationType enum=BASIC|OAUTH_CLIENT_CREDENTIALS|API_KEY
structure ConnectionBasicAuthResponseParameters Username:AuthHeaderParameters
structure ConnectionBodyParameter Key:String Value:SensitiveString IsValueSecret:Boolean
list ConnectionBodyParametersList ConnectionBodyParameter min=0 max=100
string ConnectionDescription max=512 pattern=.*
structure ConnectionHeaderParameter Key:HeaderKey Value:HeaderValueSensitive IsValueSecret:Boolean
list ConnectionHeaderParametersList ConnectionHeaderParameter min=0 max=100
structure ConnectionHttpParameters HeaderParameters:ConnectionHeaderParametersList QueryStringParameters:ConnectionQueryStringParametersList BodyParameters:ConnectionBodyParametersList
string ConnectionName min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
structure ConnectionOAuthClientResponseParameters ClientID:AuthHeaderParameters
string ConnectionOAuthHttpMethod enum=GET|POST|PUT
structure ConnectionOAuthResponseParameters ClientParameters:ConnectionOAuthClientResponseParameters AuthorizationEndpoint:HttpsEndpoint HttpMethod:ConnectionOAuthHttpMethod OAuthHttpParameters:ConnectionHttpParameters
structure ConnectionQueryStringParameter Key:QueryStringKey Value:QueryStringValueSensitive IsValueSecret:Boolean
list ConnectionQueryStringParametersList ConnectionQueryStringParameter min=0 max=100
list ConnectionResponseList Connection
string ConnectionState enum=CREATING|UPDATING|DELETING|AUTHORIZED|DEAUTHORIZED|AUTHORIZING|DEAUTHORIZING|ACTIVE|FAILED_CONNECTIVITY
string ConnectionStateReason max=512 pattern=.*
structure ConnectivityResourceConfigurationArn *ResourceConfigurationArn:ResourceConfigurationArn
structure ConnectivityResourceParameters *ResourceParameters:ConnectivityResourceConfigurationArn
structure CreateApiDestinationRequest *Name:ApiDestinationName Description:ApiDestinationDescription *ConnectionArn:ConnectionArn *InvocationEndpoint:HttpsEndpoint *HttpMethod:ApiDestinationHttpMethod InvocationRateLimitPerSecond:ApiDestinationInvocationRateLimitPerSecond
structure CreateApiDestinationResponse ApiDestinationArn:ApiDestinationArn ApiDestinationState:ApiDestinationState CreationTime:Timestamp LastModifiedTime:Timestamp
structure CreateArchiveRequest *ArchiveName:ArchiveName *EventSourceArn:EventBusArn Description:ArchiveDescription EventPattern:EventPattern RetentionDays:RetentionDays KmsKeyIdentifier:KmsKeyIdentifier
structure CreateArchiveResponse ArchiveArn:ArchiveArn State:ArchiveState StateReason:ArchiveStateReason CreationTime:Timestamp
structure CreateConnectionApiKeyAuthRequestParameters *ApiKeyName:AuthHeaderParameters *ApiKeyValue:AuthHeaderParametersSensitive
structure CreateConnectionAuthRequestParameters BasicAuthParameters:CreateConnectionBasicAuthRequestParameters OAuthParameters:CreateConnectionOAuthRequestParameters ApiKeyAuthParameters:CreateConnectionApiKeyAuthRequestParameters InvocationHttpParameters:ConnectionHttpParameters ConnectivityParameters:ConnectivityResourceParameters
structure CreateConnectionBasicAuthRequestParameters *Username:AuthHeaderParameters *Password:AuthHeaderParametersSensitive
structure CreateConnectionOAuthClientRequestParameters *ClientID:AuthHeaderParameters *ClientSecret:AuthHeaderParametersSensitive
structure CreateConnectionOAuthRequestParameters *ClientParameters:CreateConnectionOAuthClientRequestParameters *AuthorizationEndpoint:HttpsEndpoint *HttpMethod:ConnectionOAuthHttpMethod OAuthHttpParameters:ConnectionHttpParameters
structure CreateConnectionRequest *Name:ConnectionName Description:ConnectionDescription *AuthorizationType:ConnectionAuthorizationType *AuthParameters:CreateConnectionAuthRequestParameters InvocationConnectivityParameters:ConnectivityResourceParameters KmsKeyIdentifier:KmsKeyIdentifier
structure CreateConnectionResponse ConnectionArn:ConnectionArn ConnectionState:ConnectionState CreationTime:Timestamp LastModifiedTime:Timestamp
structure CreateEndpointRequest *Name:EndpointName Description:EndpointDescription *RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig *EventBuses:EndpointEventBusList RoleArn:IamRoleArn
structure CreateEndpointResponse Name:EndpointName Arn:EndpointArn RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig EventBuses:EndpointEventBusList RoleArn:IamRoleArn State:EndpointState
structure CreateEventBusRequest *Name:EventBusName EventSourceName:EventSourceName Description:EventBusDescription KmsKeyIdentifier:KmsKeyIdentifier DeadLetterConfig:DeadLetterConfig LogConfig:LogConfig Tags:TagList
structure CreateEventBusResponse EventBusArn:String Description:EventBusDescription KmsKeyIdentifier:KmsKeyIdentifier DeadLetterConfig:DeadLetterConfig LogConfig:LogConfig
structure CreatePartnerEventSourceRequest *Name:EventSourceName *Account:AccountId
structure CreatePartnerEventSourceResponse EventSourceArn:String
string CreatedBy min=1 max=128
string Database min=1 max=64
string DbUser min=1 max=128
structure DeactivateEventSourceRequest *Name:EventSourceName
structure DeadLetterConfig Arn:ResourceArn
structure DeauthorizeConnectionRequest *Name:ConnectionName
structure DeauthorizeConnectionResponse ConnectionArn:ConnectionArn ConnectionState:ConnectionState CreationTime:Timestamp LastModifiedTime:Timestamp LastAuthorizedTime:Timestamp
structure DeleteApiDestinationRequest *Name:ApiDestinationName
structure DeleteApiDestinationResponse
structure DeleteArchiveRequest *ArchiveName:ArchiveName
structure DeleteArchiveResponse
structure DeleteConnectionRequest *Name:ConnectionName
structure DeleteConnectionResponse ConnectionArn:ConnectionArn ConnectionState:ConnectionState CreationTime:Timestamp LastModifiedTime:Timestamp LastAuthorizedTime:Timestamp
structure DeleteEndpointRequest *Name:EndpointName
structure DeleteEndpointResponse
structure DeleteEventBusRequest *Name:EventBusName
structure DeletePartnerEventSourceRequest *Name:EventSourceName *Account:AccountId
structure DeleteRuleRequest *Name:RuleName EventBusName:EventBusNameOrArn Force:Boolean
structure DescribeApiDestinationRequest *Name:ApiDestinationName
structure DescribeApiDestinationResponse ApiDestinationArn:ApiDestinationArn Name:ApiDestinationName Description:ApiDestinationDescription ApiDestinationState:ApiDestinationState ConnectionArn:ConnectionArn InvocationEndpoint:HttpsEndpoint HttpMethod:ApiDestinationHttpMethod InvocationRateLimitPerSecond:ApiDestinationInvocationRateLimitPerSecond CreationTime:Timestamp LastModifiedTime:Timestamp
structure DescribeArchiveRequest *ArchiveName:ArchiveName
structure DescribeArchiveResponse ArchiveArn:ArchiveArn ArchiveName:ArchiveName EventSourceArn:EventBusArn Description:ArchiveDescription EventPattern:EventPattern State:ArchiveState StateReason:ArchiveStateReason KmsKeyIdentifier:KmsKeyIdentifier RetentionDays:RetentionDays SizeBytes:Long EventCount:Long CreationTime:Timestamp
structure DescribeConnectionConnectivityParameters *ResourceParameters:DescribeConnectionResourceParameters
structure DescribeConnectionRequest *Name:ConnectionName
structure DescribeConnectionResourceParameters *ResourceConfigurationArn:ResourceConfigurationArn *ResourceAssociationArn:ResourceAssociationArn
structure DescribeConnectionResponse ConnectionArn:ConnectionArn Name:ConnectionName Description:ConnectionDescription InvocationConnectivityParameters:DescribeConnectionConnectivityParameters ConnectionState:ConnectionState StateReason:ConnectionStateReason AuthorizationType:ConnectionAuthorizationType SecretArn:SecretsManagerSecretArn KmsKeyIdentifier:KmsKeyIdentifier AuthParameters:ConnectionAuthResponseParameters CreationTime:Timestamp LastModifiedTime:Timestamp LastAuthorizedTime:Timestamp
structure DescribeEndpointRequest *Name:EndpointName HomeRegion:HomeRegion
structure DescribeEndpointResponse Name:EndpointName Description:EndpointDescription Arn:EndpointArn RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig EventBuses:EndpointEventBusList RoleArn:IamRoleArn EndpointId:EndpointId EndpointUrl:EndpointUrl State:EndpointState StateReason:EndpointStateReason CreationTime:Timestamp LastModifiedTime:Timestamp
structure DescribeEventBusRequest Name:EventBusNameOrArn
structure DescribeEventBusResponse Name:String Arn:String Description:EventBusDescription KmsKeyIdentifier:KmsKeyIdentifier DeadLetterConfig:DeadLetterConfig Policy:String LogConfig:LogConfig CreationTime:Timestamp LastModifiedTime:Timestamp
structure DescribeEventSourceRequest *Name:EventSourceName
structure DescribeEventSourceResponse Arn:String CreatedBy:String CreationTime:Timestamp ExpirationTime:Timestamp Name:String State:EventSourceState
structure DescribePartnerEventSourceRequest *Name:EventSourceName
structure DescribePartnerEventSourceResponse Arn:String Name:String
structure DescribeReplayRequest *ReplayName:ReplayName
structure DescribeReplayResponse ReplayName:ReplayName ReplayArn:ReplayArn Description:ReplayDescription State:ReplayState StateReason:ReplayStateReason EventSourceArn:ArchiveArn Destination:ReplayDestination EventStartTime:Timestamp EventEndTime:Timestamp EventLastReplayedTime:Timestamp ReplayStartTime:Timestamp ReplayEndTime:Timestamp
structure DescribeRuleRequest *Name:RuleName EventBusName:EventBusNameOrArn
structure DescribeRuleResponse Name:RuleName Arn:RuleArn EventPattern:EventPattern ScheduleExpression:ScheduleExpression State:RuleState Description:RuleDescription RoleArn:RoleArn ManagedBy:ManagedBy EventBusName:EventBusName CreatedBy:CreatedBy
structure DisableRuleRequest *Name:RuleName EventBusName:EventBusNameOrArn
structure EcsParameters *TaskDefinitionArn:Arn TaskCount:LimitMin1 LaunchType:LaunchType NetworkConfiguration:NetworkConfiguration PlatformVersion:String Group:String CapacityProviderStrategy:CapacityProviderStrategy EnableECSManagedTags:Boolean EnableExecuteCommand:Boolean PlacementConstraints:PlacementConstraints PlacementStrategy:PlacementStrategies PropagateTags:PropagateTags ReferenceId:ReferenceId Tags:TagList
structure EnableRuleRequest *Name:RuleName EventBusName:EventBusNameOrArn
structure Endpoint Name:EndpointName Description:EndpointDescription Arn:EndpointArn RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig EventBuses:EndpointEventBusList RoleArn:IamRoleArn EndpointId:EndpointId EndpointUrl:EndpointUrl State:EndpointState StateReason:EndpointStateReason CreationTime:Timestamp LastModifiedTime:Timestamp
string EndpointArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:endpoint\/[/\.\-_A-Za-z0-9]+$
string EndpointDescription max=512 pattern=.*
structure EndpointEventBus *EventBusArn:NonPartnerEventBusArn
list EndpointEventBusList EndpointEventBus min=2 max=2
string EndpointId min=1 max=50 pattern=^[A-Za-z0-9\-]+[\.][A-Za-z0-9\-]+$
list EndpointList Endpoint
string EndpointName min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
string EndpointState enum=ACTIVE|CREATING|UPDATING|DELETING|CREATE_FAILED|UPDATE_FAILED|DELETE_FAILED
string EndpointStateReason min=1 max=512 pattern=.*
string EndpointUrl min=1 max=256 pattern=^(https://)?[\.\-a-z0-9]+$
string ErrorCode
string ErrorMessage
structure EventBus Name:String Arn:String Description:EventBusDescription Policy:String CreationTime:Timestamp LastModifiedTime:Timestamp
string EventBusArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$
string EventBusDescription max=512
list EventBusList EventBus
string EventBusName min=1 max=256 pattern=[/\.\-_A-Za-z0-9]+
string EventBusNameOrArn min=1 max=1600 pattern=(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+
string EventId max=64
string EventPattern max=4096
string EventResource max=2048
list EventResourceList EventResource
structure EventSource Arn:String CreatedBy:String CreationTime:Timestamp ExpirationTime:Timestamp Name:String State:EventSourceState
list EventSourceList EventSource
string EventSourceName min=1 max=256 pattern=aws\.partner(/[\.\-_A-Za-z0-9]+){2,}
string EventSourceNamePrefix min=1 max=256 pattern=[/\.\-_A-Za-z0-9]+
string EventSourceState enum=PENDING|ACTIVE|DELETED
timestamp EventTime
structure FailoverConfig *Primary:Primary *Secondary:Secondary
string GraphQLOperation sensitive=true min=1 max=1048576
string HeaderKey max=512 pattern=^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$
map HeaderParametersMap HeaderKey HeaderValue
string HeaderValue max=512 pattern=^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$
string HeaderValueSensitive sensitive=true max=512 pattern=^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$
string HealthCheck min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:route53:::healthcheck/[\-a-z0-9]+$
string HomeRegion min=9 max=20 pattern=^[\-a-z0-9]+$
structure HttpParameters PathParameterValues:PathParameterList HeaderParameters:HeaderParametersMap QueryStringParameters:QueryStringParametersMap
string HttpsEndpoint min=1 max=2048 pattern=^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\x26=+$,A-Za-z0-9])+)([).!';/?:,])?$
string IamRoleArn min=1 max=256 pattern=^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$
structure IllegalStatusException error=400
string IncludeDetail enum=NONE|FULL
structure InputTransformer InputPathsMap:TransformerPaths *InputTemplate:TransformerInput
string InputTransformerPathKey min=1 max=256 pattern=[A-Za-z0-9\_\-]+
integer Integer
structure InternalException error=500
structure InvalidEventPatternException error=400
structure InvalidStateException error=400
structure KinesisParameters *PartitionKeyPath:TargetPartitionKeyPath
string KmsKeyIdentifier max=2048 pattern=^[a-zA-Z0-9_\-/:]*$
string LaunchType enum=EC2|FARGATE|EXTERNAL
string Level enum=OFF|ERROR|INFO|TRACE
structure LimitExceededException error=400
integer LimitMax100 min=1 max=100
integer LimitMin1 min=1
structure ListApiDestinationsRequest NamePrefix:ApiDestinationName ConnectionArn:ConnectionArn NextToken:NextToken Limit:LimitMax100
structure ListApiDestinationsResponse ApiDestinations:ApiDestinationResponseList NextToken:NextToken
structure ListArchivesRequest NamePrefix:ArchiveName EventSourceArn:EventBusArn State:ArchiveState NextToken:NextToken Limit:LimitMax100
structure ListArchivesResponse Archives:ArchiveResponseList NextToken:NextToken
structure ListConnectionsRequest NamePrefix:ConnectionName ConnectionState:ConnectionState NextToken:NextToken Limit:LimitMax100
structure ListConnectionsResponse Connections:ConnectionResponseList NextToken:NextToken
structure ListEndpointsRequest NamePrefix:EndpointName HomeRegion:HomeRegion NextToken:NextToken MaxResults:LimitMax100
structure ListEndpointsResponse Endpoints:EndpointList NextToken:NextToken
structure ListEventBusesRequest NamePrefix:EventBusName NextToken:NextToken Limit:LimitMax100
structure ListEventBusesResponse EventBuses:EventBusList NextToken:NextToken
structure ListEventSourcesRequest NamePrefix:EventSourceNamePrefix NextToken:NextToken Limit:LimitMax100
structure ListEventSourcesResponse EventSources:EventSourceList NextToken:NextToken
structure ListPartnerEventSourceAccountsRequest *EventSourceName:EventSourceName NextToken:NextToken Limit:LimitMax100
structure ListPartnerEventSourceAccountsResponse PartnerEventSourceAccounts:PartnerEventSourceAccountList NextToken:NextToken
structure ListPartnerEventSourcesRequest *NamePrefix:PartnerEventSourceNamePrefix NextToken:NextToken Limit:LimitMax100
structure ListPartnerEventSourcesResponse PartnerEventSources:PartnerEventSourceList NextToken:NextToken
structure ListReplaysRequest NamePrefix:ReplayName State:ReplayState EventSourceArn:ArchiveArn NextToken:NextToken Limit:LimitMax100
structure ListReplaysResponse Replays:ReplayList NextToken:NextToken
structure ListRuleNamesByTargetRequest *TargetArn:TargetArn EventBusName:EventBusNameOrArn NextToken:NextToken Limit:LimitMax100
structure ListRuleNamesByTargetResponse RuleNames:RuleNameList NextToken:NextToken
structure ListRulesRequest NamePrefix:RuleName EventBusName:EventBusNameOrArn NextToken:NextToken Limit:LimitMax100
structure ListRulesResponse Rules:RuleResponseList NextToken:NextToken
structure ListTagsForResourceRequest *ResourceARN:Arn
structure ListTagsForResourceResponse Tags:TagList
structure ListTargetsByRuleRequest *Rule:RuleName EventBusName:EventBusNameOrArn NextToken:NextToken Limit:LimitMax100
structure ListTargetsByRuleResponse Targets:TargetList NextToken:NextToken
structure LogConfig IncludeDetail:IncludeDetail Level:Level
long Long
string ManagedBy min=1 max=128
structure ManagedRuleException error=400
integer MaximumEventAgeInSeconds min=60 max=86400
integer MaximumRetryAttempts min=0 max=185
string MessageGroupId max=100
structure NetworkConfiguration awsvpcConfiguration:AwsVpcConfiguration
string NextToken min=1 max=2048
string NonPartnerEventBusArn min=1 max=512 pattern=^arn:aws[a-z-]*:events:[a-z]+-[a-z-]+-\d+:\d{12}:event-bus/[\w.-]+$
string NonPartnerEventBusName min=1 max=256 pattern=[\.\-_A-Za-z0-9]+
string NonPartnerEventBusNameOrArn min=1 max=1600 pattern=(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+
structure OperationDisabledException error=400
structure PartnerEventSource Arn:String Name:String
structure PartnerEventSourceAccount Account:AccountId CreationTime:Timestamp ExpirationTime:Timestamp State:EventSourceState
list PartnerEventSourceAccountList PartnerEventSourceAccount
list PartnerEventSourceList PartnerEventSource
string PartnerEventSourceNamePrefix min=1 max=256 pattern=aws\.partner/[\.\-_A-Za-z0-9]+/[/\.\-_A-Za-z0-9]*
string PathParameter pattern=^(?!\s*$).+
list PathParameterList PathParameter
structure PlacementConstraint type:PlacementConstraintType expression:PlacementConstraintExpression
string PlacementConstraintExpression max=2000
string PlacementConstraintType enum=distinctInstance|memberOf
list PlacementConstraints PlacementConstraint max=10
list PlacementStrategies PlacementStrategy max=5
structure PlacementStrategy type:PlacementStrategyType field:PlacementStrategyField
string PlacementStrategyField max=255
string PlacementStrategyType enum=random|spread|binpack
structure PolicyLengthExceededException error=400
structure Primary *HealthCheck:HealthCheck
string Principal min=1 max=12 pattern=(\d{12}|\*)
string PropagateTags enum=TASK_DEFINITION
structure PutEventsRequest *Entries:PutEventsRequestEntryList EndpointId:EndpointId
structure PutEventsRequestEntry Time:EventTime Source:String Resources:EventResourceList DetailType:String Detail:String EventBusName:NonPartnerEventBusNameOrArn TraceHeader:TraceHeader
list PutEventsRequestEntryList PutEventsRequestEntry min=1 max=10
structure PutEventsResponse FailedEntryCount:Integer Entries:PutEventsResultEntryList
structure PutEventsResultEntry EventId:EventId ErrorCode:ErrorCode ErrorMessage:ErrorMessage
list PutEventsResultEntryList PutEventsResultEntry
structure PutPartnerEventsRequest *Entries:PutPartnerEventsRequestEntryList
structure PutPartnerEventsRequestEntry Time:EventTime Source:EventSourceName Resources:EventResourceList DetailType:String Detail:String
list PutPartnerEventsRequestEntryList PutPartnerEventsRequestEntry min=1 max=20
structure PutPartnerEventsResponse FailedEntryCount:Integer Entries:PutPartnerEventsResultEntryList
structure PutPartnerEventsResultEntry EventId:EventId ErrorCode:ErrorCode ErrorMessage:ErrorMessage
list PutPartnerEventsResultEntryList PutPartnerEventsResultEntry
structure PutPermissionRequest EventBusName:NonPartnerEventBusName Action:Action Principal:Principal StatementId:StatementId Condition:Condition Policy:String
structure PutRuleRequest *Name:RuleName ScheduleExpression:ScheduleExpression EventPattern:EventPattern State:RuleState Description:RuleDescription RoleArn:RoleArn Tags:TagList EventBusName:EventBusNameOrArn
structure PutRuleResponse RuleArn:RuleArn
structure PutTargetsRequest *Rule:RuleName EventBusName:EventBusNameOrArn *Targets:TargetList
structure PutTargetsResponse FailedEntryCount:Integer FailedEntries:PutTargetsResultEntryList
structure PutTargetsResultEntry TargetId:TargetId ErrorCode:ErrorCode ErrorMessage:ErrorMessage
list PutTargetsResultEntryList PutTargetsResultEntry
string QueryStringKey max=512 pattern=[^\x00-\x1F\x7F]+
map QueryStringParametersMap QueryStringKey QueryStringValue
string QueryStringValue max=512 pattern=[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+
string QueryStringValueSensitive sensitive=true max=512 pattern=[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+
structure RedshiftDataParameters SecretManagerArn:RedshiftSecretManagerArn *Database:Database DbUser:DbUser Sql:Sql StatementName:StatementName WithEvent:Boolean Sqls:Sqls
string RedshiftSecretManagerArn min=1 max=1600 pattern=(^arn:aws([a-z]|\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)
string ReferenceId max=1024
structure RemovePermissionRequest StatementId:StatementId RemoveAllPermissions:Boolean EventBusName:NonPartnerEventBusName
structure RemoveTargetsRequest *Rule:RuleName EventBusName:EventBusNameOrArn *Ids:TargetIdList Force:Boolean
structure RemoveTargetsResponse FailedEntryCount:Integer FailedEntries:RemoveTargetsResultEntryList
structure RemoveTargetsResultEntry TargetId:TargetId ErrorCode:ErrorCode ErrorMessage:ErrorMessage
list RemoveTargetsResultEntryList RemoveTargetsResultEntry
structure Replay ReplayName:ReplayName EventSourceArn:ArchiveArn State:ReplayState StateReason:ReplayStateReason EventStartTime:Timestamp EventEndTime:Timestamp EventLastReplayedTime:Timestamp ReplayStartTime:Timestamp ReplayEndTime:Timestamp
string ReplayArn min=1 max=1600 pattern=^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/[\.\-_A-Za-z0-9]+$
string ReplayDescription max=512 pattern=.*
structure ReplayDestination *Arn:Arn FilterArns:ReplayDestinationFilters
list ReplayDestinationFilters Arn
list ReplayList Replay
string ReplayName min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
string ReplayState enum=STARTING|RUNNING|CANCELLING|COMPLETED|CANCELLED|FAILED
string ReplayStateReason max=512 pattern=.*
structure ReplicationConfig State:ReplicationState
string ReplicationState enum=ENABLED|DISABLED
structure ResourceAlreadyExistsException error=400
string ResourceArn min=1 max=1600
string ResourceAssociationArn min=17 max=2048 pattern=^arn:[a-z0-9\\-]+:vpc-lattice:[a-zA-Z0-9\\-]+:\\d{12}:servicenetworkresourceassociation/snra-[0-9a-z]{17}$
string ResourceConfigurationArn min=0 max=2048 pattern=^(?:^arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}$|^$)
structure ResourceNotFoundException error=400
integer RetentionDays min=0
structure RetryPolicy MaximumRetryAttempts:MaximumRetryAttempts MaximumEventAgeInSeconds:MaximumEventAgeInSeconds
string RoleArn min=1 max=1600
string Route min=9 max=20 pattern=^[\-a-z0-9]+$
structure RoutingConfig *FailoverConfig:FailoverConfig
structure Rule Name:RuleName Arn:RuleArn EventPattern:EventPattern State:RuleState Description:RuleDescription ScheduleExpression:ScheduleExpression RoleArn:RoleArn ManagedBy:ManagedBy EventBusName:EventBusName
string RuleArn min=1 max=1600
string RuleDescription max=512
string RuleName min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
list RuleNameList RuleName
list RuleResponseList Rule
string RuleState enum=ENABLED|DISABLED|ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
structure RunCommandParameters *RunCommandTargets:RunCommandTargets
structure RunCommandTarget *Key:RunCommandTargetKey *Values:RunCommandTargetValues
string RunCommandTargetKey min=1 max=128 pattern=^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$
string RunCommandTargetValue min=1 max=256
list RunCommandTargetValues RunCommandTargetValue min=1 max=50
list RunCommandTargets RunCommandTarget min=1 max=5
structure SageMakerPipelineParameter *Name:SageMakerPipelineParameterName *Value:SageMakerPipelineParameterValue
list SageMakerPipelineParameterList SageMakerPipelineParameter min=0 max=200
string SageMakerPipelineParameterName min=1 max=256 pattern=^[a-zA-Z0-9](-*[a-zA-Z0-9])*$
string SageMakerPipelineParameterValue max=1024
structure SageMakerPipelineParameters PipelineParameterList:SageMakerPipelineParameterList
string ScheduleExpression max=256
structure Secondary *Route:Route
string SecretsManagerSecretArn min=20 max=2048 pattern=^arn:aws([a-z]|\-)*:secretsmanager:([a-z]|\d|\-)*:([0-9]{12})?:secret:[\/_+=\.@\-A-Za-z0-9]+$
string SensitiveString sensitive=true
string Sql sensitive=true min=1 max=100000
list Sqls Sql sensitive=true min=0 max=40
structure SqsParameters MessageGroupId:MessageGroupId
structure StartReplayRequest *ReplayName:ReplayName Description:ReplayDescription *EventSourceArn:ArchiveArn *EventStartTime:Timestamp *EventEndTime:Timestamp *Destination:ReplayDestination
structure StartReplayResponse ReplayArn:ReplayArn State:ReplayState StateReason:ReplayStateReason ReplayStartTime:Timestamp
string StatementId min=1 max=64 pattern=[a-zA-Z0-9-_]+
string StatementName min=1 max=500
string String
list StringList String
structure Tag *Key:TagKey *Value:TagValue
string TagKey min=1 max=128
list TagKeyList TagKey
list TagList Tag
structure TagResourceRequest *ResourceARN:Arn *Tags:TagList
structure TagResourceResponse
string TagValue min=0 max=256
structure Target *Id:TargetId *Arn:TargetArn RoleArn:RoleArn Input:TargetInput InputPath:TargetInputPath InputTransformer:InputTransformer KinesisParameters:KinesisParameters RunCommandParameters:RunCommandParameters EcsParameters:EcsParameters BatchParameters:BatchParameters SqsParameters:SqsParameters HttpParameters:HttpParameters RedshiftDataParameters:RedshiftDataParameters SageMakerPipelineParameters:SageMakerPipelineParameters DeadLetterConfig:DeadLetterConfig RetryPolicy:RetryPolicy AppSyncParameters:AppSyncParameters
string TargetArn min=1 max=1600
string TargetId min=1 max=64 pattern=[\.\-_A-Za-z0-9]+
list TargetIdList TargetId min=1 max=100
string TargetInput max=8192
string TargetInputPath max=256
list TargetList Target min=1 max=100
string TargetPartitionKeyPath max=256
structure TestEventPatternRequest *EventPattern:EventPattern *Event:String
structure TestEventPatternResponse Result:Boolean
structure ThrottlingException error=400
timestamp Timestamp
string TraceHeader min=1 max=500
string TransformerInput min=1 max=8192
map TransformerPaths InputTransformerPathKey TargetInputPath max=100
structure UntagResourceRequest *ResourceARN:Arn *TagKeys:TagKeyList
structure UntagResourceResponse
structure UpdateApiDestinationRequest *Name:ApiDestinationName Description:ApiDestinationDescription ConnectionArn:ConnectionArn InvocationEndpoint:HttpsEndpoint HttpMethod:ApiDestinationHttpMethod InvocationRateLimitPerSecond:ApiDestinationInvocationRateLimitPerSecond
structure UpdateApiDestinationResponse ApiDestinationArn:ApiDestinationArn ApiDestinationState:ApiDestinationState CreationTime:Timestamp LastModifiedTime:Timestamp
structure UpdateArchiveRequest *ArchiveName:ArchiveName Description:ArchiveDescription EventPattern:EventPattern RetentionDays:RetentionDays KmsKeyIdentifier:KmsKeyIdentifier
structure UpdateArchiveResponse ArchiveArn:ArchiveArn State:ArchiveState StateReason:ArchiveStateReason CreationTime:Timestamp
structure UpdateConnectionApiKeyAuthRequestParameters ApiKeyName:AuthHeaderParameters ApiKeyValue:AuthHeaderParametersSensitive
structure UpdateConnectionAuthRequestParameters BasicAuthParameters:UpdateConnectionBasicAuthRequestParameters OAuthParameters:UpdateConnectionOAuthRequestParameters ApiKeyAuthParameters:UpdateConnectionApiKeyAuthRequestParameters InvocationHttpParameters:ConnectionHttpParameters ConnectivityParameters:ConnectivityResourceParameters
structure UpdateConnectionBasicAuthRequestParameters Username:AuthHeaderParameters Password:AuthHeaderParametersSensitive
structure UpdateConnectionOAuthClientRequestParameters ClientID:AuthHeaderParameters ClientSecret:AuthHeaderParametersSensitive
structure UpdateConnectionOAuthRequestParameters ClientParameters:UpdateConnectionOAuthClientRequestParameters AuthorizationEndpoint:HttpsEndpoint HttpMethod:ConnectionOAuthHttpMethod OAuthHttpParameters:ConnectionHttpParameters
structure UpdateConnectionRequest *Name:ConnectionName Description:ConnectionDescription AuthorizationType:ConnectionAuthorizationType AuthParameters:UpdateConnectionAuthRequestParameters InvocationConnectivityParameters:ConnectivityResourceParameters KmsKeyIdentifier:KmsKeyIdentifier
structure UpdateConnectionResponse ConnectionArn:ConnectionArn ConnectionState:ConnectionState CreationTime:Timestamp LastModifiedTime:Timestamp LastAuthorizedTime:Timestamp
structure UpdateEndpointRequest *Name:EndpointName Description:EndpointDescription RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig EventBuses:EndpointEventBusList RoleArn:IamRoleArn
structure UpdateEndpointResponse Name:EndpointName Arn:EndpointArn RoutingConfig:RoutingConfig ReplicationConfig:ReplicationConfig EventBuses:EndpointEventBusList RoleArn:IamRoleArn EndpointId:EndpointId EndpointUrl:EndpointUrl State:EndpointState
structure UpdateEventBusRequest Name:EventBusName KmsKeyIdentifier:KmsKeyIdentifier Description:EventBusDescription DeadLetterConfig:DeadLetterConfig LogConfig:LogConfig
structure UpdateEventBusResponse Arn:String Name:EventBusName KmsKeyIdentifier:KmsKeyIdentifier Description:EventBusDescription DeadLetterConfig:DeadLetterConfig LogConfig:LogConfig
"""#
}
